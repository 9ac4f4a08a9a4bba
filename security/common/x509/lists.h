// lists: what revocation lists say, so that a new one can begin where the old one ends.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.h"
#include "recipe.h"

#include <string>
#include <string_view>
#include <vector>

namespace mw::x509 {

// Serial numbers in lower-case hex, in the order of the list.
[[nodiscard]] std::vector<std::string> revoked_in(X509_CRL& list);
// Entries with their times, the number, and when it was and will be made.
[[nodiscard]] crl_recipe recipe_of(X509_CRL& list);
// "0a0b" to its two bytes; `invalid` for anything but whole bytes in hex, 1 to 20 of them.
[[nodiscard]] result<std::string> bytes_of_hex(std::string_view text);

}  // namespace mw::x509

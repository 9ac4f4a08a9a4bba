// maker: certificates and revocation lists after a recipe. Texts in and out are PEM.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "keys.h"
#include "recipe.h"

#include <string>
#include <string_view>

namespace mw::x509 {

// A certificate with its private key. The key belongs in no log.
struct pair_text {
  std::string certificate;
  std::string key;
};

struct issuer_text {
  std::string_view certificate;
  std::string_view key;
};

// A new key as PEM (PKCS #8).
[[nodiscard]] result<std::string> make_key_text(key_kind kind, unsigned rsa_bits = rsa_bits_min);

// `invalid` when an input cannot be read or libcrypto refuses the recipe. A recipe is made as it
// stands, also when the result is one that everybody has to refuse.
[[nodiscard]] result<std::string> make_certificate(const certificate_recipe& recipe,
                                                   std::string_view subject_key,
                                                   const issuer_text& issuer);
[[nodiscard]] result<std::string> make_self_signed(const certificate_recipe& recipe,
                                                   std::string_view subject_key);
[[nodiscard]] result<std::string> make_crl(const crl_recipe& recipe, const issuer_text& issuer);

}  // namespace mw::x509

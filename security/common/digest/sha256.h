// sha256: digests as values, and their text.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mw {

using digest256 = std::array<std::byte, 32>;

[[nodiscard]] digest256 sha256(bytes_view data);
[[nodiscard]] std::string hex_of(const digest256& digest);  // 64 lower-case digits
[[nodiscard]] std::optional<digest256> digest_from_hex(std::string_view text);

}  // namespace mw

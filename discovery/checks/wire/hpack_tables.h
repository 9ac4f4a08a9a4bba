// hpack_tables: the fixed tables of RFC 7541: 61 headers and the lengths of 257 codes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::checks {

struct header_view {
  std::string_view name;
  std::string_view value;
};

// Index 1 is the first.
[[nodiscard]] const std::array<header_view, 61>& static_headers();

// Bits of the code of each byte; the last one is of the end of a string. The codes themselves
// follow from the lengths: shorter ones first, equal ones in the order of bytes.
inline constexpr std::size_t code_count = 257;
[[nodiscard]] const std::array<std::uint8_t, code_count>& code_lengths();

}  // namespace mw::checks

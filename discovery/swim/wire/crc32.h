// crc32: the checksum of IEEE 802.3, as memberlist and native packets carry it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mw::swim {

namespace detail {
constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320u : 0u);
    table[i] = value;
  }
  return table;
}
inline constexpr std::array<std::uint32_t, 256> crc_table = make_crc_table();
}  // namespace detail

constexpr std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t sum = 0xffffffff;
  for (const char c : bytes)
    sum = detail::crc_table[(sum ^ static_cast<unsigned char>(c)) & 0xff] ^ (sum >> 8);
  return ~sum;
}
static_assert(crc32("123456789") == 0xcbf43926);

}  // namespace mw::swim

// checksum: choice of the implementation, CRC32C by table, and trailers.
// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#include <array>
#include <cstring>

namespace mw::wire {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // Castagnoli's, lowest power in the highest bit
constexpr std::size_t stride = 8;

// Entry [k][b]: what byte b does to the checksum when k bytes follow it within the stride.
using crc_tables = std::array<std::array<std::uint32_t, 256>, stride>;

constexpr crc_tables make_tables() {
  crc_tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < stride; ++k)
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  return tables;
}
constexpr crc_tables tables = make_tables();

}  // namespace

namespace detail {

std::uint32_t crc32c_by_table(std::uint32_t crc, bytes_view bytes) {
  crc = ~crc;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  const auto byte = [&](std::size_t i) { return std::to_integer<std::uint32_t>(at[i]); };
  for (; left >= stride; left -= stride, at += stride) {
    crc ^= byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
    crc = tables[7][crc & 0xff] ^ tables[6][(crc >> 8) & 0xff] ^ tables[5][(crc >> 16) & 0xff] ^
          tables[4][crc >> 24] ^ tables[3][byte(4)] ^ tables[2][byte(5)] ^ tables[1][byte(6)] ^
          tables[0][byte(7)];
  }
  for (; left > 0; --left, ++at) crc = (crc >> 8) ^ tables[0][(crc ^ byte(0)) & 0xff];
  return ~crc;
}

std::uint32_t crc32c(std::uint32_t crc, bytes_view bytes) {
  return crc32c_by_instruction_works() ? crc32c_by_instruction(crc, bytes)
                                       : crc32c_by_table(crc, bytes);
}

}  // namespace detail

}  // namespace mw::wire

// frame_test: golden bytes of headers, each part of the flags, what is unknown.
// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace mw::wire {
namespace {

std::string hex(const std::array<std::byte, header_bytes>& bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const std::byte byte : bytes) {
    out += digits[std::to_integer<unsigned>(byte >> 4)];
    out += digits[std::to_integer<unsigned>(byte & std::byte{15})];
  }
  return out;
}

std::string written(const frame_head& head, std::size_t size, checksum sum) {
  std::array<std::byte, header_bytes> bytes{};
  write_header(head, size, sum, bytes.data());
  return hex(bytes);
}

TEST_CASE("frame: golden bytes of headers") {
  CHECK(written({.kind = frame_kind::request, .id = 0x0102030405060708}, 64, checksum::none) ==
        "0000004a"
        "0303"
        "0102030405060708");
  CHECK(written({.kind = frame_kind::reply,
                 .packed = compression::zstd,
                 .checked = true,
                 .more = true,
                 .first = false,
                 .priority = priority::critical,
                 .critical = true,
                 .id = 1},
                0, checksum::xxh3) ==
        "00000012"
        "0ee7"
        "0000000000000001");
  CHECK(written({.kind = frame_kind::hello, .checked = true, .priority = priority::low}, 5,
                checksum::crc32c) ==
        "00000013"
        "0140"
        "0000000000000000");
  CHECK(written({.kind = frame_kind::ping, .id = ~std::uint64_t{0}}, frame_max - length_min,
                checksum::none) ==
        "01000000"
        "030b"
        "ffffffffffffffff");
}

TEST_CASE("frame: each head comes back from its bytes") {
  std::array<std::byte, header_bytes> bytes{};
  for (unsigned kind = 0; kind <= 14; ++kind)
    for (unsigned bits = 0; bits < 1U << 8; ++bits) {
      if ((bits & 3U) == 3) continue;
      const frame_head head{.kind = static_cast<frame_kind>(kind),
                            .packed = static_cast<compression>(bits & 3U),
                            .checked = (bits & 4U) != 0,
                            .more = (bits & 8U) != 0,
                            .first = (bits & 16U) != 0,
                            .priority = static_cast<priority>((bits >> 5) & 3U),
                            .critical = (bits & 128U) != 0,
                            .id = kind * 1000003ULL + bits};
      write_header(head, 100, checksum::crc32c, bytes.data());
      const header_fields fields = read_header(bytes.data());
      REQUIRE(head_of(fields) == head);
      REQUIRE(fields.length == length_min + 100 + (head.checked ? 4 : 0));
      REQUIRE(known_kind(fields.flags));
      REQUIRE(known_bits(fields.flags));
      REQUIRE(known_compression(fields.flags));
    }
}

TEST_CASE("frame: what a newer version could send is recognised as unknown") {
  CHECK_FALSE(known_kind(0x000f));
  CHECK_FALSE(known_compression(0x0030));
  for (const unsigned bit : {0x1000U, 0x2000U, 0x4000U, 0x8000U})
    CHECK_FALSE(known_bits(static_cast<std::uint16_t>(bit)));
  CHECK(known_bits(0x0fff));
  CHECK(to_string(frame_kind::reset) == "reset");
  CHECK(to_string(static_cast<frame_kind>(15)) == "unknown");
  CHECK(to_string(compression::lz4) == "lz4");
  CHECK(to_string(checksum::xxh3) == "xxh3");
}

}  // namespace
}  // namespace mw::wire

// checksum_test: known values, equal implementations, pieces equal the whole.
// SPDX-License-Identifier: Apache-2.0
#include "checksum.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace mw::wire {
namespace {

std::vector<std::byte> noise(std::size_t size) {
  random_stream random(7);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return bytes;
}

constexpr std::string_view nine = "123456789";

TEST_CASE("checksum: published check values") {
  CHECK(checksum_of(checksum::crc32c, as_bytes(nine)) == 0xe3069283);
  const std::array<std::byte, 32> zeros{};
  CHECK(checksum_of(checksum::crc32c, zeros) == 0x8a9136aa);  // RFC 3720, B.4
  std::array<std::byte, 32> ones{};
  ones.fill(std::byte{0xff});
  CHECK(checksum_of(checksum::crc32c, ones) == 0x62a8ab43);
  CHECK(checksum_of(checksum::crc32c, {}) == 0);
  CHECK(checksum_of(checksum::xxh3, {}) == 0x2d06800538d394c2);  // of the XXH3 specification
  CHECK(checksum_of(checksum::none, as_bytes(nine)) == 0);
}

TEST_CASE("checksum: table and instruction give the same for each length and alignment") {
  if (!detail::crc32c_by_instruction_works()) {
    MESSAGE("this processor has no CRC instruction: only the table is tested");
    return;
  }
  const auto bytes = noise(20000);
  const bytes_view all(bytes);
  for (std::size_t size = 0; size < 1500; ++size)
    for (std::size_t offset = 0; offset < 9; offset += 1 + size % 3) {
      const bytes_view part = all.subspan(offset, size);
      const auto start = static_cast<std::uint32_t>(size * 2654435761U);
      REQUIRE(detail::crc32c_by_instruction(start, part) == detail::crc32c_by_table(start, part));
    }
  for (const std::size_t size : {6143U, 6144U, 6145U, 6360U, 12288U, 19991U})
    CHECK(detail::crc32c_by_instruction(0, all.first(size)) ==
          detail::crc32c_by_table(0, all.first(size)));
}

TEST_CASE("checksum: pieces give what the whole gives") {
  const auto bytes = noise(9000);
  const bytes_view all(bytes);
  random_stream random(3);
  running_checksum running;
  for (const checksum kind : {checksum::none, checksum::crc32c, checksum::xxh3})
    for (int round = 0; round < 200; ++round) {
      const bytes_view whole = all.first(random.below(all.size() + 1));
      running.start(kind);
      for (bytes_view rest = whole; !rest.empty();) {
        const std::size_t count = random.below(rest.size() + 1);
        running.add(rest.first(count));
        rest = rest.subspan(count);
      }
      REQUIRE(running.value() == checksum_of(kind, whole));
    }
}

TEST_CASE("checksum: one flipped bit changes it, wherever it is") {
  auto bytes = noise(300);
  for (const checksum kind : {checksum::crc32c, checksum::xxh3}) {
    const std::uint64_t before = checksum_of(kind, bytes);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      REQUIRE(checksum_of(kind, bytes) != before);
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
  }
}

TEST_CASE("checksum: trailers are big-endian and come back") {
  std::array<std::byte, trailer_max> at{};
  write_trailer(checksum::crc32c, 0x01020304, at.data());
  CHECK(at == std::array<std::byte, 8>{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}});
  CHECK(read_trailer(checksum::crc32c, at.data()) == 0x01020304);
  write_trailer(checksum::xxh3, 0x0102030405060708, at.data());
  CHECK(at[7] == std::byte{8});
  CHECK(read_trailer(checksum::xxh3, at.data()) == 0x0102030405060708);
  CHECK(read_trailer(checksum::none, at.data()) == 0);
}

}  // namespace
}  // namespace mw::wire

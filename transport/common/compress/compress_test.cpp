// compress_test: both kinds come back; bombs, lies and damage are refused before they cost.
// SPDX-License-Identifier: Apache-2.0
#include "compress.h"

#include "common/frame_payload.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace mw::wire {
namespace {

using byte_string = std::vector<std::byte>;
constexpr std::array kinds{compression::lz4, compression::zstd};

byte_string noise(std::size_t size) {
  random_stream random(21);
  byte_string out(size);
  for (std::byte& byte : out) byte = static_cast<std::byte>(random.below(256));
  return out;
}

// Lines as logs have them.
byte_string text(std::size_t size) {
  random_stream random(4);
  std::string out;
  while (out.size() < size)
    out += R"({"level":"info","node":"n)" + std::to_string(random.below(20)) + R"(","took":)" +
           std::to_string(random.below(100000)) + "}\n";
  const bytes_view bytes = as_bytes(std::string_view(out).substr(0, size));
  return {bytes.begin(), bytes.end()};
}

byte_string packed(compression kind, bytes_view bytes) {
  packer with;
  const bytes_view out = with.pack(kind, bytes);
  return {out.begin(), out.end()};
}
byte_string with_size(std::uint32_t size, byte_string bytes) {
  write_u32(size, bytes.data());
  return bytes;
}

TEST_CASE("compress: what is packed comes back") {
  for (const compression kind : kinds) {
    packer to;
    unpacker from;
    for (const std::size_t size : {1000U, 64U, 4096U, 65536U, 300U, 1U << 20}) {
      const byte_string before = text(size);
      const bytes_view between = to.pack(kind, before);
      if (size < 300 && between.empty()) continue;  // too short to gain
      REQUIRE_FALSE(between.empty());
      CHECK(between.size() < size);
      CHECK(unpacked_size(between, size).value() == size);
      const bytes_view after = from.unpack(kind, between, size).value();
      CHECK(std::equal(after.begin(), after.end(), before.begin(), before.end()));
    }
  }
}

TEST_CASE("compress: what does not gain is left as it is") {
  for (const compression kind : kinds) {
    CHECK(packed(kind, noise(5000)).empty());
    CHECK(packed(kind, {}).empty());
    CHECK(packed(kind, noise(3)).empty());
    // Better than the receiver would believe.
    CHECK(packed(kind, byte_string(1 << 20)).empty());
  }
  CHECK(packed(compression::none, text(5000)).empty());
}

TEST_CASE("compress: the probe knows text from noise") {
  CHECK(should_compress(text(2000), 1024));
  CHECK_FALSE(should_compress(text(1000), 1024));
  CHECK_FALSE(should_compress(noise(2000), 1024));
  CHECK_FALSE(should_compress(noise(100'000), 1024));
  CHECK(should_compress(byte_string(100'000), 1024));
  CHECK(should_compress(noise(100), 50));  // too short to tell
  CHECK_FALSE(should_compress({}, 0));
  CHECK(should_compress(text(512), 512));
}

TEST_CASE("compress: bombs are refused by what they say, before anything is allocated") {
  const auto refusal = [](const byte_string& bytes, std::size_t limit) {
    auto got = unpacked_size(bytes, limit);
    return got ? std::string("taken") : got.error().text();
  };
  const byte_string body(104);
  CHECK(refusal(with_size(10'001, body), 1 << 20).find("more than 100 times") != std::string::npos);
  CHECK(refusal(with_size(10'000, body), 1 << 20) == "taken");
  CHECK(refusal(with_size(10'000, body), 9'999).find("this link takes 9999") != std::string::npos);
  CHECK(refusal(with_size(0xffffffff, body), 1 << 20).find("4294967295") != std::string::npos);
  CHECK(refusal(with_size(0, body), 100).find("of nothing") != std::string::npos);
  CHECK(refusal(byte_string(4), 100).find("4 bytes") != std::string::npos);
  CHECK(refusal({}, 100).find("0 bytes") != std::string::npos);
}

// A bomb that says less than it holds: 1 MiB of zeros as a Zstd frame and as an LZ4 block.
TEST_CASE("compress: bombs that lie about their size stop at it") {
  unpacker from;
  const byte_string zstd_bomb = packed(compression::zstd, text(1 << 20));
  CHECK_FALSE(from.unpack(compression::zstd, with_size(5000, zstd_bomb), 1 << 22));
  byte_string lz4_bomb(4);
  lz4_bomb.push_back(std::byte{0x1f});  // one literal, then a match as long as the 0xff say
  lz4_bomb.push_back(std::byte{0});
  lz4_bomb.push_back(std::byte{1});
  lz4_bomb.push_back(std::byte{0});
  lz4_bomb.insert(lz4_bomb.end(), 4000, std::byte{0xff});
  lz4_bomb.push_back(std::byte{0});
  lz4_bomb.push_back(std::byte{0});
  CHECK_FALSE(from.unpack(compression::lz4, with_size(400'000, lz4_bomb), 1 << 22));
  CHECK_FALSE(from.unpack(compression::lz4, with_size(100, lz4_bomb), 1 << 22));
}

TEST_CASE("compress: less or more than said, cut or doubled frames are refused") {
  for (const compression kind : kinds) {
    unpacker from;
    const byte_string good = packed(kind, text(3000));
    REQUIRE(from.unpack(kind, good, 1 << 20));
    CHECK_FALSE(from.unpack(kind, with_size(2999, good), 1 << 20));
    CHECK_FALSE(from.unpack(kind, with_size(3001, good), 1 << 20));
    for (std::size_t size = 0; size < good.size(); size += 7)
      REQUIRE_FALSE(from.unpack(kind, bytes_view(good).first(size), 1 << 20));
    byte_string twice = with_size(6000, good);
    twice.insert(twice.end(), good.begin() + packed_prefix, good.end());
    CHECK_FALSE(from.unpack(kind, twice, 1 << 20));
    const compression other = kind == compression::lz4 ? compression::zstd : compression::lz4;
    CHECK_FALSE(from.unpack(other, good, 1 << 20));
    CHECK_FALSE(from.unpack(compression::none, good, 1 << 20));
    CHECK(from.unpack(kind, good, 1 << 20));  // and goes on working
  }
}

TEST_CASE("compress: packed once is unpacked once") {
  for (const compression kind : kinds) {
    byte_string once = packed(kind, text(200'000));
    // Text that repeats makes the packed bytes repeat: so they can be packed again.
    once.insert(once.end(), once.begin(), once.end());
    byte_string nested = once;
    for (int i = 0; i < 4; ++i) nested.insert(nested.end(), once.begin(), once.end());
    const byte_string twice = packed(compression::zstd, nested);
    REQUIRE_FALSE(twice.empty());
    unpacker from;
    const bytes_view out = from.unpack(compression::zstd, twice, 1 << 22).value();
    CHECK(std::equal(out.begin(), out.end(), nested.begin(), nested.end()));
  }
}

TEST_CASE("compress: unpacking to a place needs the exact size") {
  for (const compression kind : kinds) {
    unpacker from;
    const byte_string before = text(3000);
    const byte_string good = packed(kind, before);
    byte_string place(3000);
    REQUIRE(from.unpack(kind, good, std::span(place)));
    CHECK(place == before);
    CHECK_FALSE(from.unpack(kind, good, std::span(place).first(2999)));
    place.resize(3001);
    CHECK_FALSE(from.unpack(kind, good, std::span(place)));
  }
}

TEST_CASE("compress: any damage is refused or gives exactly what was said") {
  random_stream random(8);
  for (const compression kind : kinds) {
    unpacker from;
    const byte_string good = packed(kind, text(2000));
    for (int round = 0; round < 5000; ++round) {
      byte_string bytes = good;
      for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips)
        bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1 + random.below(255));
      auto got = from.unpack(kind, bytes, 4000);
      if (got) REQUIRE(got->size() == unpacked_size(bytes, 4000).value());
    }
  }
}

}  // namespace
}  // namespace mw::wire

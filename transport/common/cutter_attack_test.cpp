// cutter_attack_test: length lies, drips, flipped bits, unknown frames; memory stays bounded.
// SPDX-License-Identifier: Apache-2.0
#include "cutter.h"
#include "frame_samples.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <array>

namespace mw::wire {
namespace {

using samples::append_frame;
using samples::byte_string;
using samples::bytes_of;
using samples::remembering_sink;

struct refusal {
  cut_fault fault = cut_fault::none;
  errc kind = errc::internal;
  std::string text;
  std::size_t frames = 0;
};

// What comes of bytes, fed whole and byte by byte; both must end alike.
refusal outcome_of(const byte_string& bytes, const cutter_limits& limits) {
  cutter_memory memory;
  const auto run = [&](std::size_t step) {
    frame_cutter cutter(memory);
    cutter.set_limits(limits);
    remembering_sink sink;
    refusal out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const std::size_t count = std::min(step, bytes.size() - at);
      status fed = cutter.feed(bytes_view(bytes).subspan(at, count), sink);
      if (fed) continue;
      out = {cutter.fault(), fed.error().kind(), fed.error().text(), 0};
      break;
    }
    out.frames = sink.frames.size();
    return out;
  };
  const refusal at_once = run(bytes.size());
  const refusal in_drops = run(1);
  CHECK(at_once.fault == in_drops.fault);
  CHECK(at_once.text == in_drops.text);
  CHECK(at_once.frames == in_drops.frames);
  CHECK(memory.held() == 0);
  return at_once;
}

byte_string header_with(std::uint32_t length, std::uint16_t flags) {
  byte_string bytes(header_bytes);
  for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<std::byte>(length >> (24 - 8 * i));
  bytes[4] = static_cast<std::byte>(flags >> 8);
  bytes[5] = static_cast<std::byte>(flags & 0xff);
  return bytes;
}

TEST_CASE("cutter: length lies are refused at the header and cost nothing") {
  for (const std::uint32_t length : {4097U, 0x01000001U, 0x7fffffffU, 0xffffffffU}) {
    cutter_memory memory;
    frame_cutter cutter(memory);
    remembering_sink sink(true);
    status outcome = cutter.feed(header_with(length, 0x0142), sink);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().kind() == errc::invalid);
    CHECK(outcome.error().text().find(std::to_string(length)) != std::string::npos);
    CHECK(outcome.error().text().find("4096") != std::string::npos);
    CHECK(cutter.fault() == cut_fault::too_long);
    CHECK(memory.held() == 0);
    CHECK(memory.spare() == 0);
    CHECK(sink.asked == 0);
  }
  for (std::uint32_t length = 0; length < 14; ++length)
    CHECK(outcome_of(header_with(length, 0x0142), {}).fault == cut_fault::too_short);
  for (std::uint32_t length = 0; length < 10; ++length)
    CHECK(outcome_of(header_with(length, 0x0102), {4096, checksum::none}).fault ==
          cut_fault::too_short);
  CHECK(outcome_of(header_with(10, 0x0102), {4096, checksum::none}).frames == 1);
  CHECK(outcome_of(header_with(4096, 0x0142), {}).fault == cut_fault::none);
  CHECK(outcome_of(header_with(17, 0x0142), {4096, checksum::xxh3}).fault == cut_fault::too_short);
}

TEST_CASE("cutter: any value of the length field is refused or bounded by what arrived") {
  random_stream random(5);
  for (int round = 0; round < 4000; ++round) {
    const auto length = static_cast<std::uint32_t>(random.next() >> random.below(63));
    byte_string bytes = header_with(length, 0x0102);
    bytes.resize(header_bytes + random.below(200));
    cutter_memory memory;
    frame_cutter cutter(memory);
    cutter.set_limits({frame_max, checksum::none});
    remembering_sink sink;
    const bool fed = cutter.feed(bytes, sink).ok();
    REQUIRE((fed || cutter.fault() != cut_fault::none));
    REQUIRE(memory.held() <= std::max(2 * cutter.arrived(), cutter_memory::smallest));
  }
}

TEST_CASE("cutter: a dripped body holds at most twice what has arrived") {
  for (const std::size_t step : {std::size_t{1}, std::size_t{700}, std::size_t{70'000}}) {
    const std::size_t size = step == 1 ? std::size_t{40'000} : std::size_t{2} << 20;
    byte_string bytes;
    append_frame(bytes, {}, bytes_of(size, 1), checksum::crc32c);
    cutter_memory memory;
    frame_cutter cutter(memory);
    cutter.set_limits({frame_max, checksum::crc32c});
    remembering_sink sink;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      REQUIRE(cutter.feed(bytes_view(bytes).subspan(at, std::min(step, bytes.size() - at)), sink));
      (void)cutter.read_into();
      REQUIRE(memory.held() <= std::max(2 * cutter.arrived(), cutter_memory::smallest));
      if (cutter.inside_frame() && at > header_bytes) REQUIRE(cutter.expected() == bytes.size());
    }
    REQUIRE(sink.frames.size() == 1);
    CHECK(memory.held() == 0);
    CHECK(memory.spare() <= std::size_t{1} << 20);
  }
}

TEST_CASE("cutter: a link that goes away gives back its block") {
  cutter_memory memory;
  {
    frame_cutter cutter(memory);
    remembering_sink sink;
    byte_string bytes;
    append_frame(bytes, {}, bytes_of(1000, 1), checksum::crc32c);
    REQUIRE(cutter.feed(bytes_view(bytes).first(500), sink));
    CHECK(memory.held() == 512);
  }
  CHECK(memory.held() == 0);
  CHECK(memory.spare() == 512);
}

TEST_CASE("cutter: spare memory is bounded") {
  cutter_memory memory(1000);
  std::array<cutter_memory::block, 5> blocks;
  for (auto& block : blocks) block = memory.take(300);
  CHECK(memory.held() == 5 * 512);
  for (auto& block : blocks) memory.give(std::move(block));
  CHECK(memory.held() == 0);
  CHECK(memory.spare() == 512);
  CHECK(memory.take(512).capacity == 512);
}

TEST_CASE("cutter: each flipped bit is caught") {
  for (const checksum sum : {checksum::crc32c, checksum::xxh3}) {
    byte_string bytes;
    append_frame(bytes, {.kind = frame_kind::request, .id = 77}, bytes_of(150, 1), sum);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
      const refusal got = outcome_of(bytes, {4096, sum});
      REQUIRE(got.frames == 0);
      // A length that became larger waits for bytes that the next frames bring.
      if (bit >= 32) REQUIRE(got.fault != cut_fault::none);
      bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    }
  }
}

TEST_CASE("cutter: a flip in a length is caught once the next frames fill it up") {
  byte_string bytes;
  for (unsigned i = 0; i < 40; ++i) append_frame(bytes, {}, bytes_of(150, i), checksum::crc32c);
  for (std::size_t bit = 20; bit < 32; ++bit) {
    bytes[bit / 8] ^= std::byte{0x80} >> (bit % 8);
    const refusal got = outcome_of(bytes, {4096, checksum::crc32c});
    CHECK(got.frames == 0);
    CHECK(got.fault != cut_fault::none);
    bytes[bit / 8] ^= std::byte{0x80} >> (bit % 8);
  }
}

TEST_CASE("cutter: flips in a placed payload are caught") {
  for (const checksum sum : {checksum::crc32c, checksum::xxh3})
    for (const std::size_t at : {0U, 13U, 14U, 50U, 5000U, 9013U, 9014U, 9017U}) {
      byte_string bytes;
      append_frame(bytes, {}, bytes_of(9000, 1), sum);
      if (at >= 6) bytes[at] ^= std::byte{4};
      cutter_memory memory;
      frame_cutter cutter(memory);
      cutter.set_limits({frame_max, sum});
      remembering_sink sink(true);
      REQUIRE(cutter.feed(bytes_view(bytes).first(60), sink));
      status outcome = cutter.feed(bytes_view(bytes).subspan(60), sink);
      if (at < 6) {
        CHECK(outcome);
        CHECK(sink.placed == 1);
        continue;
      }
      REQUIRE_FALSE(outcome);
      CHECK(outcome.error().kind() == errc::disconnected);
      CHECK(cutter.fault() == cut_fault::corrupt);
      CHECK(sink.placed == 0);
    }
}

TEST_CASE("cutter: what was agreed about checksums holds for each frame") {
  byte_string checked;
  append_frame(checked, {}, bytes_of(20, 1), checksum::crc32c);
  byte_string plain;
  append_frame(plain, {}, bytes_of(20, 1), checksum::none);
  CHECK(outcome_of(plain, {4096, checksum::crc32c}).fault == cut_fault::unchecked);
  CHECK(outcome_of(checked, {4096, checksum::none}).fault == cut_fault::unchecked);
  CHECK(outcome_of(plain, {4096, checksum::none}).frames == 1);
}

TEST_CASE("cutter: unknown frames are ignored unless they are critical") {
  constexpr std::uint16_t critical = 0x0800;
  const cutter_limits plain{4096, checksum::none};
  const auto with = [&](std::uint16_t flags) {
    byte_string bytes = header_with(12, flags);
    bytes.resize(bytes.size() + 2);
    append_frame(bytes, {.kind = frame_kind::ping}, {}, checksum::none);
    return bytes;
  };
  CHECK(outcome_of(with(0x010f), plain).frames == 1);  // unknown kind: skipped
  CHECK(outcome_of(with(0x013f), plain).frames == 1);  // whatever its other bits mean
  CHECK(outcome_of(with(0x010f | critical), plain).fault == cut_fault::unknown_critical);
  for (const unsigned reserved : {0x1000U, 0x2000U, 0x4000U, 0x8000U}) {
    const auto bits = static_cast<std::uint16_t>(0x0102 | reserved);
    CHECK(outcome_of(with(bits), plain).frames == 2);  // the bit is ignored, the frame is not
    const refusal got = outcome_of(with(bits | critical), plain);
    CHECK(got.fault == cut_fault::unknown_critical);
    CHECK(got.kind == errc::unsupported);
  }
  CHECK(outcome_of(with(0x0102 | critical), plain).frames == 2);
  CHECK(outcome_of(with(0x0132), plain).fault == cut_fault::unknown_critical);

  cutter_memory memory;
  frame_cutter cutter(memory);
  cutter.set_limits(plain);
  remembering_sink sink;
  REQUIRE(cutter.feed(with(0x010f), sink));
  CHECK(cutter.ignored() == 1);
}

}  // namespace
}  // namespace mw::wire

// cutter_test: any cut gives the same frames; lies, flips and unknown frames are refused.
// SPDX-License-Identifier: Apache-2.0
#include "cutter.h"

#include "frame_samples.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <array>
#include <functional>

namespace mw::wire {
namespace {

using samples::append_frame;
using samples::byte_string;
using samples::bytes_of;
using samples::remembering_sink;

constexpr std::array sums{checksum::none, checksum::crc32c, checksum::xxh3};
constexpr std::size_t large = std::size_t{64} << 10;

struct link_side {
  cutter_memory memory;
  frame_cutter cutter{memory};
  remembering_sink sink;

  explicit link_side(checksum sum, bool places = false, std::size_t limit = frame_max)
      : sink(places) {
    cutter.set_limits({limit, sum});
  }
};

// Small frames of several kinds; `large` adds one above place_from.
byte_string sample_stream(checksum sum, bool with_large) {
  byte_string bytes;
  append_frame(bytes, {.kind = frame_kind::request, .id = 7}, bytes_of(64, 1), sum);
  append_frame(bytes, {.kind = frame_kind::ping}, {}, sum);
  if (with_large)
    append_frame(bytes, {.kind = frame_kind::reply, .more = true, .id = 9}, bytes_of(9000, 2), sum);
  append_frame(bytes, {.kind = frame_kind::one_way, .priority = priority::high, .id = 8},
               bytes_of(3, 3), sum);
  return bytes;
}

std::vector<samples::seen_frame> whole(const byte_string& bytes, checksum sum) {
  link_side side(sum);
  REQUIRE(side.cutter.feed(bytes, side.sink));
  CHECK_FALSE(side.cutter.inside_frame());
  return side.sink.frames;
}

TEST_CASE("cutter: whole frames are cut in place and idle links own nothing") {
  for (const checksum sum : sums) {
    const byte_string bytes = sample_stream(sum, true);
    link_side side(sum);
    REQUIRE(side.cutter.feed(bytes, side.sink));
    REQUIRE(side.sink.frames.size() == 4);
    CHECK(side.sink.frames[0].payload == bytes_of(64, 1));
    CHECK(side.sink.frames[2].payload == bytes_of(9000, 2));
    CHECK(side.sink.frames[3].head.priority == priority::high);
    CHECK(side.sink.asked == 0);
    CHECK(side.memory.held() == 0);
    CHECK(side.memory.spare() == 0);
  }
}

TEST_CASE("cutter: a payload of a whole frame is the bytes that were fed") {
  struct pointer_sink final : frame_sink {
    const std::byte* seen = nullptr;
    status on_frame(const frame_head& /*head*/, bytes_view payload) override {
      seen = payload.data();
      return {};
    }
    std::byte* place_for(const frame_head& /*head*/, std::size_t /*size*/,
                         bytes_view /*here*/) override {
      return nullptr;
    }
    status on_placed(const frame_head& /*head*/, std::size_t /*size*/) override { return {}; }
  } sink;
  byte_string bytes;
  append_frame(bytes, {}, bytes_of(100, 1), checksum::crc32c);
  link_side side(checksum::crc32c);
  REQUIRE(side.cutter.feed(bytes, sink));
  CHECK(sink.seen == bytes.data() + header_bytes);
}

TEST_CASE("cutter: cut at each byte") {
  for (const checksum sum : sums)
    for (const bool places : {false, true}) {
      const byte_string bytes = sample_stream(sum, true);
      const auto expected = whole(bytes, sum);
      for (std::size_t at = 0; at <= bytes.size(); ++at) {
        link_side side(sum, places);
        REQUIRE(side.cutter.feed(bytes_view(bytes).first(at), side.sink));
        REQUIRE(side.cutter.feed(bytes_view(bytes).subspan(at), side.sink));
        REQUIRE(side.sink.frames == expected);
        REQUIRE(side.memory.held() == 0);
      }
    }
}

// A read buffer full of fragments mostly ends a little before the end of one.
TEST_CASE("cutter: a large frame goes to its place, however few of its bytes are missing") {
  for (const checksum sum : sums)
    for (const std::size_t missing : {1U, 44U, 4000U}) {
      byte_string bytes;
      append_frame(bytes, {.id = 1}, bytes_of(large, 4), sum);
      const auto expected = whole(bytes, sum);
      link_side side(sum, true);
      REQUIRE(side.cutter.feed(bytes_view(bytes).first(bytes.size() - missing), side.sink));
      CHECK(side.sink.asked == 1);
      CHECK(side.memory.held() == 0);
      REQUIRE(side.cutter.feed(bytes_view(bytes).last(missing), side.sink));
      CHECK(side.sink.placed == 1);
      CHECK(side.sink.frames == expected);
    }
}

TEST_CASE("cutter: two cuts, and byte by byte") {
  for (const checksum sum : sums) {
    const byte_string bytes = sample_stream(sum, false);
    const bytes_view all(bytes);
    const auto expected = whole(bytes, sum);
    for (std::size_t a = 0; a <= bytes.size(); ++a)
      for (std::size_t b = a; b <= bytes.size(); ++b) {
        link_side side(sum);
        REQUIRE(side.cutter.feed(all.first(a), side.sink));
        REQUIRE(side.cutter.feed(all.subspan(a, b - a), side.sink));
        REQUIRE(side.cutter.feed(all.subspan(b), side.sink));
        REQUIRE(side.sink.frames == expected);
      }
    link_side side(sum);
    for (const std::byte& byte : bytes) REQUIRE(side.cutter.feed({&byte, 1}, side.sink));
    CHECK(side.sink.frames == expected);
  }
}

TEST_CASE("cutter: random cuts with read_into, as a stream does it") {
  random_stream random(11);
  std::size_t in_place = 0;
  for (int round = 0; round < 60; ++round) {
    const checksum sum = sums[random.below(3)];
    byte_string bytes;
    for (int i = 0; i < 6; ++i)
      append_frame(bytes, {.id = static_cast<std::uint64_t>(i)},
                   bytes_of(random.below(random.chance(0.5) ? 300 : 3 * large), 5), sum);
    const auto expected = whole(bytes, sum);
    link_side side(sum, random.chance(0.5));
    for (bytes_view rest(bytes); !rest.empty();) {
      const auto place = side.cutter.read_into();
      std::size_t count = std::min<std::size_t>(rest.size(), 1 + random.below(large));
      const std::size_t direct = std::min(count, place.size());
      if (direct != 0) {
        std::copy_n(rest.begin(), direct, place.begin());
        REQUIRE(side.cutter.feed(place.first(direct), side.sink));
        in_place += direct;
      }
      REQUIRE(side.cutter.feed(rest.subspan(direct, count - direct), side.sink));
      rest = rest.subspan(count);
    }
    REQUIRE(side.sink.frames == expected);
    REQUIRE(side.memory.held() == 0);
  }
  CHECK(in_place > 60 * large);
}

TEST_CASE("cutter: limits may change between two frames of one feed") {
  byte_string bytes;
  append_frame(bytes, {.kind = frame_kind::hello}, bytes_of(200, 1), checksum::crc32c);
  append_frame(bytes, {.kind = frame_kind::confirm}, bytes_of(9000, 2), checksum::xxh3);
  struct switching_sink final : remembering_sink {
    frame_cutter* cutter = nullptr;
    status on_frame(const frame_head& head, bytes_view payload) override {
      cutter->set_limits({large, checksum::xxh3});
      return remembering_sink::on_frame(head, payload);
    }
  };
  for (std::size_t at = 0; at <= 300; ++at) {
    cutter_memory memory;
    frame_cutter cutter(memory);
    switching_sink sink;
    sink.cutter = &cutter;
    REQUIRE(cutter.feed(bytes_view(bytes).first(at), sink));
    REQUIRE(cutter.feed(bytes_view(bytes).subspan(at), sink));
    REQUIRE(sink.frames.size() == 2);
  }
}

TEST_CASE("cutter: a failing sink ends the link") {
  struct failing_sink final : remembering_sink {
    failing_sink() : remembering_sink(true) {}
    status on_frame(const frame_head& /*head*/, bytes_view /*payload*/) override {
      return {errc::denied, "not you"};
    }
    status on_placed(const frame_head& /*head*/, std::size_t /*size*/) override {
      return {errc::overloaded, "not now"};
    }
  };
  const byte_string bytes = sample_stream(checksum::crc32c, false);
  for (const std::size_t cut : {std::size_t{0}, std::size_t{20}}) {
    link_side side(checksum::crc32c);
    failing_sink sink;
    REQUIRE(side.cutter.feed(bytes_view(bytes).first(cut), sink));
    const status outcome = side.cutter.feed(bytes_view(bytes).subspan(cut), sink);
    REQUIRE_FALSE(outcome);
    CHECK(status(outcome).error().kind() == errc::denied);
    CHECK(side.cutter.fault() == cut_fault::sink);
    CHECK_FALSE(side.cutter.feed(bytes, sink));
    CHECK(side.memory.held() == 0);
  }
  byte_string placed;
  append_frame(placed, {}, bytes_of(9000, 2), checksum::crc32c);
  link_side side(checksum::crc32c);
  failing_sink sink;
  REQUIRE(side.cutter.feed(bytes_view(placed).first(100), sink));
  status outcome = side.cutter.feed(bytes_view(placed).subspan(100), sink);
  REQUIRE_FALSE(outcome);
  CHECK(outcome.error().kind() == errc::overloaded);
}

}  // namespace
}  // namespace mw::wire

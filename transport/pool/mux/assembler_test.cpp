// assembler_test: fragments become messages; lies about sizes do not become memory.
// SPDX-License-Identifier: Apache-2.0
#include "mux/assembler.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::pool {

using namespace std::chrono_literals;

namespace {

constexpr mw::time_point now{1s};

mw::wire::frame_head head(bool first, bool more, std::uint64_t id = 7,
                          mw::priority priority = mw::priority::normal) {
  return {.kind = mw::wire::frame_kind::request,
          .more = more,
          .first = first,
          .priority = priority,
          .id = id};
}

std::string sized(std::uint32_t size, std::string_view bytes) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift);
  return text + std::string(bytes);
}

mw::status begin(assembler& a, std::uint32_t size, std::string_view bytes, mw::wire::frame_head h) {
  return a.begin(h, mw::as_bytes(sized(size, bytes)), now);
}

}  // namespace

TEST_CASE("assembler: three fragments make one message, copied or read in place") {
  const assembly_limits limits;
  assembler a(limits);
  REQUIRE(begin(a, 9, "abc", head(true, true)));
  REQUIRE(*a.add(head(false, true), mw::as_bytes("def"), now));
  CHECK(a.reserved() == 9);
  std::byte* const place = a.place_for(head(false, false), 3);
  REQUIRE(place != nullptr);
  std::memcpy(place, "ghi", 3);
  REQUIRE(*a.placed(head(false, false), 3, now));
  CHECK(a.take(head(false, false)).text() == "abcdefghi");
  CHECK(a.reserved() == 0);
  CHECK(a.open() == 0);
}

TEST_CASE("assembler: a first fragment is read in place once its size is known") {
  const assembly_limits limits;
  assembler a(limits);
  const std::string first = sized(9, "abc");
  const bytes_view all = mw::as_bytes(first);
  CHECK(a.place_first(head(true, true), all.size(), all.first(3), now) == nullptr);
  CHECK(a.place_first(head(true, true), 4, all, now) == nullptr);   // holds nothing
  CHECK(a.place_first(head(true, true), 13, all, now) == nullptr);  // needs no more than one
  CHECK(a.open() == 0);
  std::byte* const place = a.place_first(head(true, true), all.size(), all.first(5), now);
  REQUIRE(place != nullptr);
  CHECK(a.reserved() == 9);
  CHECK(a.place_first(head(true, true), all.size(), all, now) == nullptr);  // one is under way
  std::memcpy(place, all.data(), all.size());
  REQUIRE(*a.placed(head(true, true), 3, now));
  REQUIRE(*a.add(head(false, false), mw::as_bytes("defghi"), now));
  CHECK(a.take(head(false, false)).text() == "abcdefghi");
  CHECK(a.reserved() == 0);
}

TEST_CASE("assembler: no place for a first fragment that lies about a huge message") {
  const assembly_limits limits{.message_max = 100, .total_max = 100};
  assembler a(limits);
  const std::string lie = sized(101, "abc");
  CHECK(a.place_first(head(true, true), 50, mw::as_bytes(lie), now) == nullptr);
  CHECK(a.reserved() == 0);
  CHECK(a.open() == 0);
}

TEST_CASE("assembler: four priorities at a time, each its own message") {
  const assembly_limits limits;
  assembler a(limits);
  using mw::priority;
  for (const priority p : {priority::low, priority::normal, priority::high, priority::critical})
    REQUIRE(begin(a, 2, "x", head(true, true, 1, p)));
  CHECK(a.open() == 4);
  for (const priority p : {priority::critical, priority::low, priority::high, priority::normal}) {
    REQUIRE(*a.add(head(false, false, 1, p), mw::as_bytes("y"), now));
    CHECK(a.take(head(false, false, 1, p)).text() == "xy");
  }
}

TEST_CASE("assembler: what breaks the order or the size is a violation") {
  const assembly_limits limits;
  const auto kind_of = [](const auto& outcome) {
    REQUIRE_FALSE(outcome.ok());
    return outcome.error().kind();
  };
  assembler a(limits);
  CHECK(kind_of(a.add(head(false, true), mw::as_bytes("x"), now)) == mw::errc::invalid);
  CHECK(kind_of(begin(a, 3, "", head(true, true))) == mw::errc::invalid);
  CHECK(kind_of(begin(a, 3, "abc", head(true, true))) == mw::errc::invalid);
  CHECK(kind_of(a.begin(head(true, true), mw::as_bytes("abc"), now)) == mw::errc::invalid);
  REQUIRE(begin(a, 9, "abc", head(true, true)));
  CHECK(kind_of(begin(a, 9, "abc", head(true, true))) == mw::errc::invalid);
  CHECK(kind_of(a.add(head(false, true, 8), mw::as_bytes("x"), now)) == mw::errc::invalid);
  CHECK(kind_of(a.add(head(false, true), mw::as_bytes(""), now)) == mw::errc::invalid);
  CHECK(kind_of(a.add(head(false, true), mw::as_bytes("defghij"), now)) == mw::errc::invalid);
  CHECK(a.place_for(head(false, true), 7) == nullptr);
}

TEST_CASE("assembler: more and the announced size have to agree") {
  const assembly_limits limits;
  assembler gap(limits);
  REQUIRE(begin(gap, 9, "abc", head(true, true)));
  CHECK_FALSE(gap.add(head(false, false), mw::as_bytes("def"), now).ok());
  assembler more(limits);
  REQUIRE(begin(more, 6, "abc", head(true, true)));
  CHECK_FALSE(more.add(head(false, true), mw::as_bytes("def"), now).ok());
}

TEST_CASE("assembler: a message beyond the limits is skipped and costs no memory") {
  const assembly_limits limits{.message_max = 100, .total_max = 150};
  assembler a(limits);
  const mw::status refused = begin(a, 101, "abc", head(true, true));
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().kind() == mw::errc::overloaded);
  CHECK(a.reserved() == 0);
  CHECK(a.place_for(head(false, true), 50) == nullptr);
  CHECK(*a.add(head(false, true), mw::as_bytes(std::string(50, 'x')), now) == false);
  CHECK(*a.add(head(false, false), mw::as_bytes(std::string(48, 'x')), now) == false);
  CHECK(a.open() == 0);
  using mw::priority;
  REQUIRE(begin(a, 100, "abc", head(true, true, 1, priority::low)));
  CHECK(begin(a, 51, "abc", head(true, true, 2, priority::high)).error().kind() ==
        mw::errc::overloaded);
  CHECK(a.reserved() == 100);
}

TEST_CASE("assembler: a message that drips or stands still is late") {
  const assembly_limits limits;
  assembler a(limits);
  REQUIRE(begin(a, 1 << 20, "abc", head(true, true)));
  CHECK_FALSE(a.late(now + 10s));
  CHECK(a.late(now + 10s + 1ns));
  // One byte a second is progress, but less than 1 KiB a second.
  for (int second = 1; second <= 10; ++second)
    REQUIRE(*a.add(head(false, true), mw::as_bytes("x"), now + second * 1s));
  CHECK_FALSE(a.late(now + 10s));
  CHECK(a.late(now + 11s));
}

}  // namespace mw::pool

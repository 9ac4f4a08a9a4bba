// comparison_test: two tables that talk: what it costs in bytes, and that it always ends equal.
// SPDX-License-Identifier: Apache-2.0
#include "core/comparison.h"

#include <mw/random.h>

#include <doctest/doctest.h>

namespace mw::anti_entropy {
namespace {

struct side {
  table entries;
  standing place{24h, rank::resident, {}};

  explicit side(const std::string& id, table_limits limits = {}) : entries(limits, {id, 1}) {}
  party as_party() { return {entries, place}; }
  [[nodiscard]] std::uint64_t root() const { return entries.digests_tree().root(); }
};

struct cost {
  std::size_t bytes = 0;  // both ways together
  std::size_t largest = 0;
  std::size_t messages = 0;
  std::size_t differences = 0;
  bool equal = false;
  bool again = false;
};

cost compare(side& a, side& b, time_point now = {}) {
  cost out;
  const auto count = [&](const std::string& bytes) {
    out.bytes += bytes.size();
    out.largest = std::max(out.largest, bytes.size());
    ++out.messages;
  };
  comparison asking(a.as_party());
  party asked = b.as_party();
  std::optional<std::string> next = asking.begin();
  while (next) {
    count(*next);
    const auto reply = answer(asked, *next, now);
    REQUIRE(reply.ok());
    count(*reply);
    auto following = asking.take(*reply, now);
    REQUIRE(following.ok());
    next = std::move(*following);
    REQUIRE(out.messages < 1000);
  }
  out.differences = asking.differences();
  out.equal = asking.equal();
  out.again = asking.again();
  return out;
}

void fill(side& of, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    REQUIRE(of.entries.set("service.settings." + std::to_string(i), "some value of it").ok());
}

// As if pushed.
void copy_all(side& from, side& to) {
  for (const entry* const one : from.entries.all()) (void)to.entries.merge(*one, {});
  REQUIRE(from.root() == to.root());
}

}  // namespace

TEST_CASE("comparison: equal states cost 14 bytes") {
  side a("n1");
  side b("n2");
  fill(a, 1024);
  copy_all(a, b);
  const cost c = compare(a, b);
  CHECK(c.equal);
  CHECK(c.differences == 0);
  CHECK(c.bytes == 14);
}

TEST_CASE("comparison: one difference among 1,024 entries costs at most 4 KiB both ways") {
  random_stream dice(3);
  std::size_t most = 0;
  for (int i = 0; i < 60; ++i) {
    side a("n1");
    side b("n2");
    fill(a, 1024);
    copy_all(a, b);
    const std::string name = "service.settings." + std::to_string(dice.below(1024));
    side& writing = dice.chance(0.5) ? a : b;
    switch (dice.below(4)) {
      case 0:
        REQUIRE(writing.entries.set(name, "another value").ok());
        break;
      case 1:
        REQUIRE(writing.entries.remove(name, {}).ok());
        break;
      case 2:
        REQUIRE(writing.entries.add("counter", 1).ok());
        break;
      default:
        REQUIRE(writing.entries.set("new", std::string(value_max, 'x')).ok());
    }
    const cost c = compare(a, b);
    CHECK(a.root() == b.root());
    CHECK(c.equal);
    CHECK(c.differences == 1);
    CHECK(c.messages == 6);
    most = std::max(most, c.bytes);
  }
  MESSAGE("one difference among 1,024: at most ", most, " bytes");
  CHECK(most <= 4096);
}

TEST_CASE("comparison: both ways at once, siblings included") {
  side a("n1");
  side b("n2");
  REQUIRE(a.entries.set("x", "from a").ok());
  REQUIRE(b.entries.set("x", "from b").ok());
  REQUIRE(a.entries.set("only a", "1").error().kind() == errc::invalid);
  REQUIRE(a.entries.set("only_a", "1").ok());
  REQUIRE(b.entries.add("only_b", 7).ok());
  const cost c = compare(a, b);
  CHECK(c.differences == 3);
  CHECK(a.root() == b.root());
  CHECK(a.entries.find(entry_kind::value, "x")->held.values.size() == 2);
  CHECK(a.entries.size() == 3);
  CHECK(b.entries.size() == 3);
}

TEST_CASE("comparison: an empty node gets everything in bounded messages") {
  for (const bool empty_asks : {true, false}) {
    side full("n1", {.entries_max = 5000, .bytes_max = std::size_t{8} << 20});
    side empty("n2", {.entries_max = 5000, .bytes_max = std::size_t{8} << 20});
    for (int i = 0; i < 4096; ++i)
      REQUIRE(full.entries.set("k" + std::to_string(i), std::string(200, 'x')).ok());
    std::size_t rounds = 0;
    while (full.root() != empty.root()) {
      const cost c = empty_asks ? compare(empty, full) : compare(full, empty);
      CHECK(c.largest <= message_max);
      REQUIRE(++rounds < 10);
    }
    CHECK(empty.entries.size() == 4096);
    CHECK(rounds <= 3);
  }
}

TEST_CASE("comparison: what does not fit is refused and counted, and does not go on for ever") {
  side large("n1");
  side small("n2", {.entries_max = 10});
  fill(large, 100);
  for (int i = 0; i < 5; ++i) {
    const cost c = compare(small, large);
    CHECK(c.messages <= 20);
  }
  CHECK(small.entries.size() == 10);
  CHECK(small.entries.counts().refused[0] > 0);
}

TEST_CASE("comparison: a stranger drops its registers for a resident's, whoever asks") {
  for (const bool stranger_asks : {true, false}) {
    side here("n1");
    side back("n2");
    back.place = standing(24h, rank::stranger, {});
    REQUIRE(here.entries.set("kept", "1").ok());
    REQUIRE(back.entries.merge({entry_kind::value,
                                "removed_long_ago",
                                {{{{"n3", 1}, 1}}, {{{"n3", 1}, 1, "v"}}},
                                {},
                                {}},
                               {}) == table::outcome::changed);
    REQUIRE(back.entries.add("counter", 3).ok());
    if (stranger_asks) {
      CHECK(compare(back, here).again);
      (void)compare(back, here);
    } else {
      (void)compare(here, back);
    }
    CHECK(here.root() == back.root());
    CHECK(here.entries.find(entry_kind::value, "removed_long_ago") == nullptr);
    CHECK(sum_of(here.entries.find(entry_kind::counter, "counter")->sums) == 3);
    CHECK(back.place.now() == rank::resident);
  }
}

TEST_CASE("comparison: answers out of place, false counts and noise are refused") {
  side a("n1");
  side b("n2");
  fill(a, 3);
  party here = a.as_party();
  CHECK_FALSE(answer(here, encode(same_message{}), {}).ok());
  CHECK_FALSE(answer(here, "noise", {}).ok());
  comparison asking(b.as_party());
  (void)asking.begin();
  CHECK_FALSE(asking.take(encode(root_message{}), {}).ok());
  CHECK_FALSE(asking.take("noise", {}).ok());
  // Served more than was asked for.
  CHECK_FALSE(asking.take(encode(taken_message{7, {}}), {}).ok());
  CHECK(a.entries.counts().refused[static_cast<std::size_t>(refusal::malformed)] == 2);
  CHECK(b.entries.counts().refused[static_cast<std::size_t>(refusal::malformed)] == 3);
  // A peer that serves nothing cannot keep us busy.
  comparison other(b.as_party());
  const auto wants = other.take(encode(digests_message{false, {{0, {{1, 2}}}}}), {});
  REQUIRE(wants.ok());
  REQUIRE(wants->has_value());
  CHECK_FALSE(other.take(encode(taken_message{0, {}}), {}).ok());
}

}  // namespace mw::anti_entropy

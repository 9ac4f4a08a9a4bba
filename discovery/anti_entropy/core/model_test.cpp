// model_test: joins over thousands of random histories: the order never matters, nothing is lost.
// SPDX-License-Identifier: Apache-2.0
#include "core/model.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

namespace mw::anti_entropy {
namespace {

writer node(std::uint64_t n) {
  return {"n" + std::to_string(n), 7};
}

// Copies of one register and one counter on a few nodes that write, remove, add and meet.
struct history {
  static constexpr std::size_t nodes = 4;
  random_stream dice;
  std::array<entry, nodes> registers;
  std::array<entry, nodes> counters;
  std::array<std::uint64_t, nodes> sequence{};
  std::int64_t total = 0;

  explicit history(std::uint64_t seed) : dice(seed) {
    registers.fill({entry_kind::value, "r", {}, {}, {}});
    counters.fill({entry_kind::counter, "c", {}, {}, {}});
  }
  void step() {
    const std::size_t at = dice.below(nodes);
    const std::size_t from = dice.below(nodes);
    entry& mine = registers[at];
    switch (dice.below(6)) {
      case 0:
      case 1:
        mine.held.seen[node(at)] = ++sequence[at];
        mine.held.values = {{node(at), sequence[at], std::to_string(dice.below(100))}};
        break;
      case 2:
        mine.held.values.clear();
        break;
      case 3: {
        const std::uint64_t by = 1 + dice.below(9);
        const bool up = dice.chance(0.6);
        amounts& sums = counters[at].sums[node(at)];
        (up ? sums.added : sums.taken) += by;
        total += up ? static_cast<std::int64_t>(by) : -static_cast<std::int64_t>(by);
        break;
      }
      default:
        mine = join(mine, registers[from]);
        counters[at] = join(counters[at], counters[from]);
    }
  }
};

bool same(const entry& a, const entry& b) {
  return a.held == b.held && a.sums == b.sums;
}

}  // namespace

TEST_CASE("model: joins of 5,000 histories are commutative, associative and idempotent") {
  std::size_t with_siblings = 0;
  for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
    history h(seed);
    for (int i = 0; i < 40; ++i) h.step();
    for (const auto& all : {h.registers, h.counters}) {
      const entry& a = all[0];
      const entry& b = all[1];
      const entry& c = all[2];
      REQUIRE_MESSAGE(same(join(a, b), join(b, a)), "seed ", seed);
      REQUIRE_MESSAGE(same(join(join(a, b), c), join(a, join(b, c))), "seed ", seed);
      REQUIRE_MESSAGE(same(join(a, a), a), "seed ", seed);
      REQUIRE_MESSAGE(same(join(join(a, b), b), join(a, b)), "seed ", seed);
      with_siblings += join(a, b).held.values.size() > 1 ? 1 : 0;
    }
  }
  CHECK(with_siblings > 300);  // otherwise nothing was tested
}

TEST_CASE("model: after all have met all are equal, and the sum is what was added") {
  for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
    history h(seed);
    for (int i = 0; i < 60; ++i) h.step();
    entry all_values = h.registers[0];
    entry all_sums = h.counters[0];
    for (const entry& one : h.registers) all_values = join(all_values, one);
    for (const entry& one : h.counters) all_sums = join(all_sums, one);
    REQUIRE(sum_of(all_sums.sums) == h.total);
    // A value is there exactly when some node holds it and no node has seen it go.
    for (std::size_t i = 0; i < history::nodes; ++i)
      for (const sibling& one : h.registers[i].held.values) {
        const bool stays = std::all_of(h.registers.begin(), h.registers.end(), [&](const entry& e) {
          const auto seen = e.held.seen.find(one.by);
          const bool covered = seen != e.held.seen.end() && seen->second >= one.number;
          const auto& v = e.held.values;
          return !covered || std::find(v.begin(), v.end(), one) != v.end();
        });
        const auto& v = all_values.held.values;
        REQUIRE_MESSAGE((std::find(v.begin(), v.end(), one) != v.end()) == stays, "seed ", seed);
      }
  }
}

TEST_CASE("model: concurrent writes are both kept, and a write that has seen both replaces them") {
  register_state a{{{node(1), 1}}, {{node(1), 1, "one"}}};
  register_state b{{{node(2), 1}}, {{node(2), 1, "two"}}};
  register_state both = join(a, b);
  REQUIRE(both.values.size() == 2);
  CHECK(both.values[0].value == "one");
  register_state later = both;
  later.seen[node(2)] = 2;
  later.values = {{node(2), 2, "three"}};
  CHECK(join(both, later) == later);
  CHECK(join(a, later) == later);
}

TEST_CASE("model: a removal removes what it saw, and not what it did not") {
  const register_state written{{{node(1), 1}}, {{node(1), 1, "v"}}};
  register_state removed = written;
  removed.values.clear();
  CHECK(join(written, removed) == removed);
  const register_state other{{{node(2), 1}}, {{node(2), 1, "w"}}};
  CHECK(join(removed, other).values.size() == 1);
}

TEST_CASE("model: the age of a removal is the oldest copy's, and that of a new removal is zero") {
  entry a{entry_kind::value, "r", {{{node(1), 1}}, {}}, {}, 5s};
  entry b = a;
  b.age = 9s;
  CHECK(join(a, b).age == 9s);
  entry newer = a;
  newer.held.seen[node(2)] = 4;
  newer.age = 1s;
  CHECK(join(b, newer).age == 1s);
  CHECK(join(newer, b).age == 1s);
  entry third = a;
  third.held.seen[node(3)] = 4;
  CHECK(join(newer, third).age == 0s);
}

TEST_CASE("model: siblings beyond the limit go, the same ones everywhere") {
  register_state many;
  for (std::uint64_t i = 10; i < 10 + siblings_max + 3; ++i) {
    many.seen[node(i)] = 1;
    many.values.push_back({node(i), 1, std::to_string(i)});
  }
  register_state less = many;
  CHECK(drop_siblings(less) == 3);
  CHECK(less.values.size() == siblings_max);
  CHECK(less.values.front().value == "13");
  CHECK(join(many, less) == less);  // it spreads
  CHECK(drop_siblings(less) == 0);
}

TEST_CASE("model: sums stay in range, and names keep the rule") {
  counter_state sums;
  for (std::uint64_t i = 0; i < 9; ++i) sums[node(i)] = {amount_max, 0};
  CHECK(sum_of(sums) == std::numeric_limits<std::int64_t>::max());
  for (auto& [by, one] : sums) one = {0, amount_max};
  CHECK(sum_of(sums) == std::numeric_limits<std::int64_t>::min());
  CHECK(is_name("feature.search_2-x"));
  CHECK(is_name(std::string(128, 'a')));
  for (const std::string bad : {"", "a b", "a/b", "ä"}) CHECK_FALSE(is_name(bad));
  CHECK_FALSE(is_name(std::string(129, 'a')));
  CHECK(key_of(entry_kind::value, "a") != key_of(entry_kind::counter, "a"));
}

}  // namespace mw::anti_entropy

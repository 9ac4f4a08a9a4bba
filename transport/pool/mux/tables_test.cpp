// tables_test: names are never reused, ids are found whatever was removed, budgets refill.
// SPDX-License-Identifier: Apache-2.0
#include "mux/budget.h"
#include "mux/id_table.h"
#include "mux/slot_table.h"

#include <mw/channel.h>
#include <mw/random.h>

#include <doctest/doctest.h>

#include <map>

namespace mw::pool {

using namespace std::chrono_literals;

TEST_CASE("slot_table: a stale name finds nobody, never the next owner of its slot") {
  slot_table<int, mw::link_ref> table;
  mw::link_ref first{};
  table.add([&](mw::link_ref ref) {
    first = ref;
    return std::make_unique<int>(1);
  });
  CHECK(first.generation != 0);
  CHECK(*table.find(first) == 1);
  CHECK(*table.remove(first) == 1);
  mw::link_ref second{};
  table.add([&](mw::link_ref ref) {
    second = ref;
    return std::make_unique<int>(2);
  });
  CHECK(second.slot == first.slot);
  CHECK(table.find(first) == nullptr);
  CHECK(table.remove(first) == nullptr);
  CHECK(*table.find(second) == 2);
  CHECK(table.find({}) == nullptr);
  CHECK(table.find({9, 1}) == nullptr);
  CHECK(table.count() == 1);
}

TEST_CASE("id_table: agrees with a map after any adds and removals") {
  mw::random_stream random(3);
  id_table<int> table;
  std::map<std::uint64_t, int> model;
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t id = random.below(200);
    if (random.chance(0.5)) {
      if (table.find(id) == nullptr) table.add(id, i), model[id] = i;
    } else {
      table.remove(id);
      model.erase(id);
    }
    REQUIRE(table.count() == model.size());
    const std::uint64_t other = random.below(200);
    const int* const found = table.find(other);
    const auto wanted = model.find(other);
    REQUIRE((found != nullptr) == (wanted != model.end()));
    if (found != nullptr) REQUIRE(*found == wanted->second);
  }
}

TEST_CASE("budget: a burst, then its rate") {
  const mw::rate ten{10};
  budget calls(ten);
  mw::time_point now{5s};
  for (int i = 0; i < 10; ++i) CHECK(calls.spend(ten, now));
  CHECK_FALSE(calls.spend(ten, now));
  now = now + 100ms;
  CHECK(calls.spend(ten, now));
  CHECK_FALSE(calls.spend(ten, now));
  budget unlimited(mw::rate{0});
  for (int i = 0; i < 1000; ++i) CHECK(unlimited.spend(mw::rate{0}, now));
}

}  // namespace mw::pool

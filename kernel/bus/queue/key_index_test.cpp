// key_index_test: the index of a ring against a search through the ring.
// SPDX-License-Identifier: Apache-2.0
#include "bus/queue/key_index.h"

#include "bus/bus_fixture.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <cmath>

namespace mw::kernel {
namespace {

struct reading {
  static constexpr std::string_view topic = "test.reading/1";
  static constexpr std::string_view doc = "A key of each kind.";
  double level = 0;
  bool on = false;
  duration age{};
  static constexpr auto fields() {
    return field_list(field<&reading::level>("level", "Real."), field<&reading::on>("on", "Bool."),
                      field<&reading::age>("age", "Time."));
  }
};

event_ring ring_of(const event_type& type, std::uint32_t limit, std::size_t key) {
  edge_policy policy;
  policy.limit = limit;
  policy.full = overflow::coalesce;
  policy.key = &type.fields[key];
  return event_ring(type, policy);
}

TEST_CASE("keys of every kind find their event, those that are no number, too") {
  for (std::size_t key = 0; key < 3; ++key) {
    CAPTURE(key);
    event_ring ring = ring_of(event_type_of<reading>, 4, key);
    const reading first{.level = std::nan(""), .on = true, .age = 5s};
    const reading second{.level = 1.5, .on = false, .age = -5s};
    CHECK(ring.offer(&first) == event_ring::outcome::queued);
    CHECK(ring.offer(&second) == event_ring::outcome::queued);
    CHECK(ring.offer(&first) == event_ring::outcome::replaced);
    CHECK(ring.offer(&second) == event_ring::outcome::replaced);
    CHECK(ring.waiting() == 2);
  }
}

TEST_CASE("a ring with an index does what a search through the ring would do") {
  for (const std::uint32_t limit : {1U, 2U, 3U, 8U, 40U}) {
    CAPTURE(limit);
    event_ring ring = ring_of(event_type_of<ping>, limit, 0);
    std::vector<ping> model;
    random_stream random(limit);
    for (std::uint64_t i = 0; i < 5000; ++i) {
      if (random.below(3) == 0 && !model.empty()) {
        const auto* front = static_cast<const ping*>(ring.begin_delivery());
        REQUIRE(front->name == model.front().name);
        REQUIRE(front->number == model.front().number);
        ring.end_delivery();
        model.erase(model.begin());
        continue;
      }
      const ping event{"key" + std::to_string(random.below(2 * limit)), i};
      const auto same = std::find_if(model.begin(), model.end(),
                                     [&](const ping& one) { return one.name == event.name; });
      const auto outcome = ring.offer(&event);
      if (same != model.end()) {
        *same = event;
        REQUIRE(outcome == event_ring::outcome::replaced);
        continue;
      }
      const bool full = model.size() == limit;
      if (full) model.erase(model.begin());
      model.push_back(event);
      REQUIRE(outcome ==
              (full ? event_ring::outcome::dropped_oldest : event_ring::outcome::queued));
    }
    CHECK(ring.waiting() == model.size());
  }
}

}  // namespace
}  // namespace mw::kernel

// fault_plan_test: plans follow from their request, keep to their time, differ by seed.
// SPDX-License-Identifier: Apache-2.0
#include <mw/sim_faults.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace mw {

TEST_CASE("equal requests give equal plans, and all faults are over at the end") {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const sim_fault_request request{seed, 5, 5s, 40s, "all"};
    const sim_fault_plan plan = draw_faults(request).value();
    CHECK(plan.events == draw_faults(request)->events);
    CHECK(plan.link.loss_ppm == draw_faults(request)->link.loss_ppm);
    sizes.insert(plan.events.size());
    for (const sim_fault_event& one : plan.events) {
      CHECK(one.at >= 5s);
      CHECK(one.at + one.lasts <= 40s);
      CHECK(one.node < 5);
      CHECK(!to_string(one).empty());
    }
    CHECK(std::is_sorted(plan.events.begin(), plan.events.end(),
                         [](const auto& a, const auto& b) { return a.at < b.at; }));
  }
  CHECK(sizes.size() > 10);
}

TEST_CASE("a profile keeps to its area") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const sim_fault_plan none = draw_faults({seed, 3, 5s, 40s, "none"}).value();
    CHECK(none.events.empty());
    CHECK(none.link.loss_ppm == 0);
    const sim_fault_plan clock = draw_faults({seed, 3, 5s, 40s, "clock"}).value();
    for (const sim_fault_event& one : clock.events)
      CHECK((one.kind == sim_fault::wall_jump || one.kind == sim_fault::clock_drift));
    CHECK(clock.disk.sync_error_ppm == 0);
  }
}

TEST_CASE("an unknown profile is refused with the known ones") {
  const auto plan = draw_faults({1, 3, 5s, 40s, "weather"});
  REQUIRE(!plan);
  CHECK(plan.error().kind() == errc::invalid);
  CHECK(plan.error().text().find("network") != std::string::npos);
}

TEST_CASE("partitions have the shape of their name") {
  CHECK(cut_one_way(0, 1) == sim_cut{{0, 1}});
  CHECK(cut_isolate(3, 1) == sim_cut{{0, 1}, {1, 0}, {1, 2}, {2, 1}});
  CHECK(cut_halves(3, 1) == sim_cut{{0, 1}, {0, 2}, {1, 0}, {2, 0}});
  CHECK(cut_bridge(3, 1) == sim_cut{{0, 2}, {2, 0}});
  CHECK(cut_ring(3).empty());
  CHECK(cut_ring(4) == sim_cut{{0, 2}, {1, 3}, {2, 0}, {3, 1}});
}

TEST_CASE("every fault has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t kind = 0; kind < sim_fault_count; ++kind)
    names.insert(to_string(static_cast<sim_fault>(kind)));
  CHECK(names.size() == sim_fault_count);
  CHECK(!names.contains("unknown fault"));
}

}  // namespace mw

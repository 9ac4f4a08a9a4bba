// lanes: cases about turns, deadlines, wakes and work.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

namespace mw::kernel::conformance {

inline void deadlines_ring(platform_fixture& fixture) {
  auto& lane = fixture.world().lane(0);
  const time_point begin = lane.precise_now();
  std::string order;
  time_point last{};
  fixture.hooks().alarm(begin + 20ms, [&] { order += 'b', last = lane.now(); });
  fixture.hooks().alarm(begin + 5ms, [&] { order += 'a'; });
  fixture.hooks().alarm(begin + 20ms + 1ns, [&] { order += 'c'; });
  REQUIRE(fixture.run_until([&order] { return order.size() == 3; }));
  CHECK(order == "abc");
  CHECK(last - begin >= 20ms);
}

inline void time_stands_still_in_a_turn(platform_fixture& fixture) {
  auto& lane = fixture.world().lane(0);
  bool checked = false;
  fixture.hooks().each_turn = nullptr;
  REQUIRE(fixture.run_until([&] {
    const time_point before = lane.now();
    const wall_time wall = lane.wall_now();
    for (int i = 0; i < 10'000; ++i) (void)lane.precise_now();
    CHECK(lane.now() == before);
    CHECK(lane.wall_now() == wall);
    CHECK(lane.precise_now() >= before);
    checked = true;
    return true;
  }));
  CHECK(checked);
}

inline void a_wake_brings_a_turn(platform_fixture& fixture) {
  const std::uint64_t before = fixture.hooks().turns;
  CHECK(run_turns(fixture, 3));
  CHECK(fixture.hooks().turns >= before + 3);
}

inline void work_is_done(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& work = plugin.services->work();
  // Shared with a worker thread; read after `done`, which comes later.
  const auto ran = std::make_shared<std::uint64_t>(0);
  bool done = false;
  bool unwanted = false;
  auto wanted = work.submit(
      [ran] {
        for (std::uint64_t i = 0; i < 1000; ++i) *ran += i;
      },
      [&done] { done = true; });
  REQUIRE(wanted.ok());
  CHECK(!done);
  {
    const auto dropped = work.submit([] {}, [&unwanted] { unwanted = true; });
    REQUIRE(dropped.ok());
    CHECK(plugin.ledger.works == 2);
  }
  REQUIRE(fixture.run_until([&done] { return done; }));
  CHECK(*ran == 499'500);
  CHECK(run_turns(fixture, 5));
  CHECK(!unwanted);
}

inline void work_is_bounded(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  std::size_t finished = 0;
  std::vector<work_ptr> under_way;
  std::optional<failure> refused;
  while (!refused && under_way.size() < 100'000) {
    auto one = plugin.services->work().submit([] {}, [&finished] { ++finished; });
    if (one)
      under_way.push_back(std::move(one).value());
    else
      refused = one.error();
  }
  REQUIRE(refused);
  CHECK(refused->kind() == errc::overloaded);
  REQUIRE(fixture.run_until([&] { return finished == under_way.size(); }));
  CHECK(plugin.services->work().submit([] {}, [] {}).ok());
}

inline std::vector<conformance_case> lane_cases() {
  return {{"deadlines ring in order and not early", deadlines_ring},
          {"time stands still in a turn", time_stands_still_in_a_turn},
          {"a wake brings a turn", a_wake_brings_a_turn},
          {"work runs and is told later", work_is_done},
          {"work is bounded", work_is_bounded}};
}

}  // namespace mw::kernel::conformance

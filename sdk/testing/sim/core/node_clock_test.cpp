// node_clock_test: rates, jumps and freezing of a node's clocks.
// SPDX-License-Identifier: Apache-2.0
#include "node_clock.h"

#include <doctest/doctest.h>

namespace mw::sim {

TEST_CASE("a clock starts at its offset and follows the world") {
  const node_clock clock({.offset = 5s});
  CHECK(clock.mono(0s) == time_point{5s});
  CHECK(clock.mono(3s) == time_point{8s});
}

TEST_CASE("drift changes the rate of the monotonic and the wall clock") {
  const node_clock fast({.drift_ppm = 200'000});
  CHECK(fast.mono(10s) == time_point{12s});
  CHECK(fast.wall(10s).since_epoch - fast.wall(0s).since_epoch == 12s);
}

TEST_CASE("when() is the earliest moment at which a time is reached") {
  for (const std::int32_t ppm : {-200'000, -1, 0, 3, 200'000}) {
    node_clock clock({.offset = 7ns, .drift_ppm = ppm});
    for (const duration target : {8ns, 1'000'003ns, duration(17s), duration(90h)}) {
      const duration world = clock.when({target});
      CHECK(clock.mono(world) >= time_point{target});
      CHECK(clock.mono(world - 1ns) < time_point{target});
    }
  }
}

TEST_CASE("changing the rate never moves the clock") {
  node_clock clock({});
  clock.set_drift(10s, 100'000);
  CHECK(clock.mono(10s) == time_point{10s});
  CHECK(clock.mono(20s) == time_point{21s});
  clock.set_drift(20s, 0);
  CHECK(clock.mono(21s) == time_point{22s});
}

TEST_CASE("a frozen clock stands still and reaches nothing until it is thawed") {
  node_clock clock({});
  clock.freeze(4s);
  CHECK(clock.mono(9s) == time_point{4s});
  CHECK(clock.when({5s}) == duration::max());
  clock.set_drift(9s, 100'000);  // shows only after thawing
  clock.thaw(9s);
  CHECK(clock.mono(10s) == time_point{5s + 100ms});
}

TEST_CASE("a jump moves only the wall clock") {
  node_clock clock({.wall_skew = 1h});
  const wall_time before = clock.wall(1s);
  clock.jump_wall(-30min);
  CHECK(clock.wall(1s).since_epoch - before.since_epoch == -30min);
  CHECK(clock.mono(1s) == time_point{1s});
}

}  // namespace mw::sim

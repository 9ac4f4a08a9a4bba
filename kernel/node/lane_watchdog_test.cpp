// lane_watchdog_test: a held lane is named while it is held, and its release is told.
// SPDX-License-Identifier: Apache-2.0
#include "node/lane_watchdog.h"

#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

#include <atomic>
#include <string>

namespace mw::kernel {
namespace {

TEST_CASE("lane_watchdog: names who holds the lane, then says that it turns again") {
  fake_lane_platform outside;
  lane held(0, outside);
  held.turn();
  const std::string name = "slowpoke";
  std::atomic<int> reports = 0;
  std::string said[2];  // each written once, before `reports` counts it
  const lane_watchdog watchdog({&held}, [&](const lane_watchdog::finding& f) {
    said[reports] = f.plugin + (f.released ? " released" : " holds");
    ++reports;
    reports.notify_one();
  });
  {
    const lane_occupant here = held.occupy(name);
    reports.wait(0);
    CHECK(said[0] == "slowpoke holds");
  }
  held.turn();
  reports.wait(1);
  CHECK(said[1] == "slowpoke released");
}

}  // namespace
}  // namespace mw::kernel

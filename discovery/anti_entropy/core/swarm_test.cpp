// swarm_test: hundreds of swarms: all nodes end equal, nothing is lost, doubled or comes back.
// SPDX-License-Identifier: Apache-2.0
#include "testing/swarm.h"

#include <doctest/doctest.h>

namespace mw::anti_entropy::testing {

TEST_CASE("swarm: seeds without faults end equal") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    swarm s(seed);
    s.run(200, false);
    s.settle(false);
    REQUIRE_MESSAGE(s.wrong() == "", "seed ", seed);
  }
}

TEST_CASE("swarm: seeds with loss, partitions and crashes end equal, nothing lost, nothing back") {
  std::size_t crashes = 0;
  std::size_t removals = 0;
  std::size_t siblings = 0;
  for (std::uint64_t seed = 1001; seed <= 1400; ++seed) {
    swarm s(seed);
    s.run(300, true);
    s.settle(false);
    REQUIRE_MESSAGE(s.wrong() == "", "seed ", seed);
    crashes += s.crashes();
    removals += s.removals();
    siblings += s.siblings();
  }
  CHECK(crashes > 2000);  // otherwise nothing was tested
  CHECK(removals > 1000);
  CHECK(siblings > 1000);
}

TEST_CASE("swarm: removals are forgotten everywhere, and what they removed stays away") {
  for (std::uint64_t seed = 2001; seed <= 2060; ++seed) {
    swarm s(seed);
    s.run(200, true);
    s.settle(true);
    REQUIRE_MESSAGE(s.wrong() == "", "seed ", seed);
    for (std::size_t i = 0; i < nodes; ++i)
      REQUIRE_MESSAGE(s.table_of(i).removals() == 0, "seed ", seed);
  }
}

}  // namespace mw::anti_entropy::testing

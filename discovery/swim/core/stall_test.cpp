// stall_test: observers that stand still blame others less, and never stop blaming the dead.
// SPDX-License-Identifier: Apache-2.0
#include "testing/swarm.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::swim::testing {
namespace {

constexpr std::size_t members = 128;
constexpr std::size_t stalled = 16;

bool stalls(std::size_t who) {
  return who % 7 == 1 && who / 7 < stalled;
}

// Some members stop reading for 32 s, again and again, while their timers run. How often anybody
// buried a member that was well; one that says nothing for 32 s may be buried.
std::size_t healthy_buried(bool aware, std::uint64_t seed) {
  swarm_options o;
  o.members = members;
  o.seed = seed;
  o.tuning.stall_aware = aware;
  swarm s(o);
  s.start_all();
  s.run_for(15s);
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < members; ++i)
      if (stalls(i)) s.stall(i, 32s);
    s.run_for(33s);
  }
  return static_cast<std::size_t>(
      std::count_if(s.deaths().begin(), s.deaths().end(),
                    [](const death& d) { return d.wrong && !stalls(d.victim); }));
}

}  // namespace

TEST_CASE("stalls: healthy members are buried at most a third as often") {
  std::size_t plain = 0;
  std::size_t aware = 0;
  for (std::uint64_t seed = 101; seed <= 103; ++seed) {
    plain += healthy_buried(false, seed);
    aware += healthy_buried(true, seed);
  }
  MESSAGE("16 of 128 stall for 32 s: " << plain << " without the rule, " << aware << " with it");
  CHECK(plain >= 10);
  CHECK(3 * aware <= plain);
}

TEST_CASE("stalls: silence ends doubt about ourselves after the cap") {
  swarm_options o;
  o.members = 4;
  swarm s(o);
  s.start_all();
  s.run_for(20s);
  s.run_until([&] { return false; }, 1s);
  for (std::size_t i = 1; i < 4; ++i) s.kill(i);
  s.run_for(6s);
  CHECK(s.at(0).silent({s.now()}));
  s.run_for(20s);
  CHECK(!s.at(0).silent({s.now()}));
  CHECK(s.run_until([&] { return s.at(0).members().living() == 0; }, 60s));
}

}  // namespace mw::swim::testing

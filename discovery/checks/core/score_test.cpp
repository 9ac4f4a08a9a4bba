// score_test: levels from verdicts, scores from levels, ramps and budgets.
// SPDX-License-Identifier: Apache-2.0
#include "core/score.h"

#include "core/check_state.h"

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace mw::checks {
namespace {

constexpr auto pass = check_verdict::pass;
constexpr auto warn = check_verdict::warn;
constexpr auto fail = check_verdict::fail;

check_level after(std::vector<check_verdict> verdicts, thresholds rules = {}) {
  check_state state(rules);
  for (const check_verdict one : verdicts) (void)state.hear(one);
  return state.level();
}

}  // namespace

TEST_CASE("checks: a first pass is believed, a first failure is not") {
  CHECK(after({}) == check_level::unknown);
  CHECK(after({pass}) == check_level::passing);
  CHECK(after({warn}) == check_level::warning);
  CHECK(after({fail, fail}) == check_level::unknown);
  CHECK(after({fail, fail, fail}) == check_level::critical);
  CHECK(after({fail}, {1, 1}) == check_level::critical);
}

TEST_CASE("checks: thresholds count verdicts in a row") {
  CHECK(after({pass, fail, fail, pass, fail, fail}) == check_level::passing);
  CHECK(after({pass, fail, fail, fail}) == check_level::critical);
  CHECK(after({fail, fail, fail, pass}) == check_level::critical);
  CHECK(after({fail, fail, fail, pass, fail, pass}) == check_level::critical);
  CHECK(after({fail, fail, fail, pass, pass}) == check_level::passing);
  CHECK(after({fail, fail, fail, warn, warn}) == check_level::warning);
  CHECK(after({pass, warn, pass, warn}) == check_level::warning);  // no failures: no hysteresis
}

TEST_CASE("checks: only a change of the level is one") {
  check_state state({2, 2});
  const std::vector<check_verdict> heard{pass, pass, fail, fail, fail, pass, pass, warn, warn};
  std::vector<bool> changed;
  for (const check_verdict one : heard) changed.push_back(state.hear(one));
  CHECK(changed == std::vector<bool>{true, false, false, true, false, false, true, true, false});
  CHECK(state.set(fail));
  CHECK(!state.set(fail));
  CHECK(state.set(pass));
}

TEST_CASE("checks: the score is a weighted mean of what is known") {
  CHECK(!score_of({}, 0.5));
  const std::array<vote, 1> nobody{vote{}};
  CHECK(!score_of(nobody, 0.5));
  std::array<vote, 3> three{vote{check_level::passing, 2}, vote{check_level::critical, 1},
                            vote{check_level::unknown, 100}};
  CHECK(*score_of(three, 0.5) == doctest::Approx(2.0 / 3));
  three[0].level = check_level::warning;
  CHECK(*score_of(three, 0.5) == doctest::Approx(1.0 / 3));
  CHECK(*score_of(three, 0) == 0);
  three[0] = {check_level::passing, 2, false, 0.1};
  CHECK(*score_of(three, 0.5) == doctest::Approx(0.2 / 3));
  three[1].decisive = true;
  CHECK(*score_of(three, 0.5) == 0);
  three[1].level = check_level::passing;
  three[0].share = 1;
  CHECK(*score_of(three, 0.5) == 1);  // exactly
}

TEST_CASE("checks: small moves are kept to ourselves, 0 and 1 never") {
  CHECK(!worth_telling(0.5, 0.5, 0));
  CHECK(!worth_telling(0.5, 0.54, 0.05));
  CHECK(worth_telling(0.5, 0.56, 0.05));
  CHECK(worth_telling(0.99, 1, 0.05));
  CHECK(worth_telling(0.01, 0, 0.05));
  CHECK(worth_telling(0, 0.01, 0.05));
}

TEST_CASE("checks: a ramp climbs in ten steps, the last of which is all") {
  CHECK(ramp_share(0s, 0s) == 1);
  CHECK(ramp_share(0s, 10s) == doctest::Approx(0.1));
  CHECK(ramp_share(999ms, 10s) == doctest::Approx(0.1));
  CHECK(ramp_share(9500ms, 10s) == 1);
  CHECK(ramp_share(1h, 10s) == 1);
  int steps = 0;
  duration at{};
  double before = 0;
  while (const auto next = next_ramp_step(at, 10s)) {
    CHECK(*next > at);
    CHECK(ramp_share(at, 10s) > before);
    before = ramp_share(at, 10s);
    at = *next;
    REQUIRE(++steps <= 10);
  }
  CHECK(steps == 10);
  CHECK(next_ramp_step(0ns, 1ns) == 1ns);
}

TEST_CASE("checks: a budget holds in every window") {
  budget b(2, 10s);
  CHECK(b.take({0s}));
  CHECK(b.take({9s}));
  CHECK(!b.take({9500ms}));
  CHECK(b.take({10s}));  // the first one is forgotten
  CHECK(!b.take({18s}));
  CHECK(b.left({25s}) == 2);
}

}  // namespace mw::checks

// accept_gate_test: the burst of one second, then the rate.
// SPDX-License-Identifier: Apache-2.0
#include "accept_gate.h"

#include <doctest/doctest.h>

namespace mw::transports {

namespace {

// Connections that pass until `end` when more come all the time.
int passed_until(accept_gate& gate, time_point now, time_point end) {
  int passed = 0;
  while (now < end) {
    const duration wait = gate.wait(now);
    if (wait > duration::zero()) {
      now = now + wait;
      continue;
    }
    gate.pass(now);
    ++passed;
  }
  return passed;
}

}  // namespace

TEST_CASE("one second's worth at once, then the rate") {
  accept_gate gate({100});
  const time_point now{5s};
  CHECK(passed_until(gate, now, now + 1ns) == 100);
  CHECK(gate.wait(now) > duration::zero());
  const int later = passed_until(gate, now, now + 10s);
  CHECK(later >= 999);
  CHECK(later <= 1001);
}

TEST_CASE("rest fills the bucket, but no further") {
  accept_gate gate({10});
  CHECK(passed_until(gate, {0s}, {1ns}) == 10);
  CHECK(passed_until(gate, {3600s}, {3600s + 1ns}) == 10);
}

TEST_CASE("less than one a second") {
  accept_gate gate({0.5});
  time_point now{7s};
  CHECK(gate.wait(now) == duration::zero());
  gate.pass(now);
  CHECK(gate.wait(now) == 2s);
  CHECK(gate.wait(now + 2s) == duration::zero());
}

}  // namespace mw::transports

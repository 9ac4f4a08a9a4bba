// failure_detector_conformance: what every failure detector has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/failure_detector.h>
#include <mw/testing.h>

namespace mw::conformance {

// Each checks one promise of failure_detector/1 with doctest's CHECK. The stanza under test is
// "subject", its library the first of the setup. The setup makes it watch at least one peer, which
// is well.
void detector_shows_the_same_everywhere(const test_setup& setup);
void detector_knows_whom_it_watches(const test_setup& setup);
void detector_believes_an_exit_at_once(const test_setup& setup);
void detector_tells_each_change_once(const test_setup& setup);
void detector_bounds_its_observers(const test_setup& setup);

}  // namespace mw::conformance

// MW_FAILURE_DETECTOR_TESTS(setup), once per test program.
#define MW_FAILURE_DETECTOR_TESTS(...)                                                     \
  TEST_CASE("failure_detector/1: all() and health_of() say the same, within bounds") {     \
    ::mw::conformance::detector_shows_the_same_everywhere(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                        \
  TEST_CASE("failure_detector/1: evidence about strangers is refused") {                   \
    ::mw::conformance::detector_knows_whom_it_watches(::mw::setup_for(__VA_ARGS__));       \
  }                                                                                        \
  TEST_CASE("failure_detector/1: an exit is believed at once, and told in a later turn") { \
    ::mw::conformance::detector_believes_an_exit_at_once(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                        \
  TEST_CASE("failure_detector/1: each change is told once") {                              \
    ::mw::conformance::detector_tells_each_change_once(::mw::setup_for(__VA_ARGS__));      \
  }                                                                                        \
  TEST_CASE("failure_detector/1: observers are bounded") {                                 \
    ::mw::conformance::detector_bounds_its_observers(::mw::setup_for(__VA_ARGS__));        \
  }

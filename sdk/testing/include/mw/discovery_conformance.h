// discovery_conformance: what every source of peers has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/discovery.h>
#include <mw/testing.h>

namespace mw::conformance {

// Each checks one promise of discovery/1 with doctest's CHECK. The stanza under test is "subject",
// its library the first of the setup.
void discovery_publishes_what_it_lists(const test_setup& setup);
void discovery_answers_each_refresh_once(const test_setup& setup);
void discovery_repeats_nothing(const test_setup& setup);
void discovery_announces_as_declared(const test_setup& setup);
void discovery_stops_while_it_looks(const test_setup& setup);

}  // namespace mw::conformance

// MW_DISCOVERY_TESTS(MW_PLUGIN_FILE, "peers: [127.0.0.1:7400]"), or with a test_setup of several
// plug-ins; once per test program. The setup should list at least one peer.
#define MW_DISCOVERY_TESTS(...)                                                           \
  TEST_CASE("discovery/1: peers() and the events say the same") {                         \
    ::mw::conformance::discovery_publishes_what_it_lists(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                       \
  TEST_CASE("discovery/1: each refresh() is answered once, in a later turn") {            \
    ::mw::conformance::discovery_answers_each_refresh_once(::mw::setup_for(__VA_ARGS__)); \
  }                                                                                       \
  TEST_CASE("discovery/1: a peer that has not changed is not found again") {              \
    ::mw::conformance::discovery_repeats_nothing(::mw::setup_for(__VA_ARGS__));           \
  }                                                                                       \
  TEST_CASE("discovery/1: announce() works exactly when it is declared") {                \
    ::mw::conformance::discovery_announces_as_declared(::mw::setup_for(__VA_ARGS__));     \
  }                                                                                       \
  TEST_CASE("discovery/1: stops while it looks") {                                        \
    ::mw::conformance::discovery_stops_while_it_looks(::mw::setup_for(__VA_ARGS__));      \
  }

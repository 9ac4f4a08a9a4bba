// balancer_conformance: what every balancer has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/balancer.h>
#include <mw/testing.h>

namespace mw::conformance {

// Each checks one promise of balancer/1 with doctest's CHECK. The stanza under test is "subject",
// its library the first of the setup.
void balancer_picks_only_what_is_listed(const test_setup& setup);
void balancer_reaches_every_candidate(const test_setup& setup);
void balancer_avoids(const test_setup& setup);
void balancer_forgets_who_left(const test_setup& setup);
void balancer_keeps_services_apart(const test_setup& setup);
void balancer_survives_odd_outcomes(const test_setup& setup);
void balancer_keeps_its_capabilities(const test_setup& setup);
void balancer_explains_the_list(const test_setup& setup);

}  // namespace mw::conformance

// MW_BALANCER_TESTS(MW_PLUGIN_FILE), with options, or with a test_setup of several plug-ins; once
// per test program.
#define MW_BALANCER_TESTS(...)                                                           \
  TEST_CASE("balancer/1: picks only what is listed") {                                   \
    ::mw::conformance::balancer_picks_only_what_is_listed(::mw::setup_for(__VA_ARGS__)); \
  }                                                                                      \
  TEST_CASE("balancer/1: reaches every candidate") {                                     \
    ::mw::conformance::balancer_reaches_every_candidate(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                      \
  TEST_CASE("balancer/1: avoids what it is told to avoid") {                             \
    ::mw::conformance::balancer_avoids(::mw::setup_for(__VA_ARGS__));                    \
  }                                                                                      \
  TEST_CASE("balancer/1: forgets who left") {                                            \
    ::mw::conformance::balancer_forgets_who_left(::mw::setup_for(__VA_ARGS__));          \
  }                                                                                      \
  TEST_CASE("balancer/1: two services share nothing") {                                  \
    ::mw::conformance::balancer_keeps_services_apart(::mw::setup_for(__VA_ARGS__));      \
  }                                                                                      \
  TEST_CASE("balancer/1: survives odd outcomes") {                                       \
    ::mw::conformance::balancer_survives_odd_outcomes(::mw::setup_for(__VA_ARGS__));     \
  }                                                                                      \
  TEST_CASE("balancer/1: does what its capabilities say") {                              \
    ::mw::conformance::balancer_keeps_its_capabilities(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                      \
  TEST_CASE("balancer/1: explains the whole list") {                                     \
    ::mw::conformance::balancer_explains_the_list(::mw::setup_for(__VA_ARGS__));         \
  }

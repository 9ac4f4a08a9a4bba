// router_conformance: what every router has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/router.h>
#include <mw/services.h>
#include <mw/testing.h>

namespace mw::conformance {

// Each checks one promise of router/1 and services/1 with doctest's CHECK, on a node that calls
// itself. The stanza under test is "subject" and provides both, its library the first of the setup.
void router_answers_in_a_later_turn(const test_setup& setup);
void router_refuses_bad_names(const test_setup& setup);
void router_says_what_nobody_offers(const test_setup& setup);
void router_passes_refusals_on(const test_setup& setup);
void router_keeps_deadlines(const test_setup& setup);
void router_cancels_silently(const test_setup& setup);
void router_keeps_items_in_order(const test_setup& setup);
void router_settles_messages_once(const test_setup& setup);
void router_forgets_withdrawn_services(const test_setup& setup);
void router_asks_groups(const test_setup& setup);
void router_survives_callbacks_that_end_things(const test_setup& setup);

}  // namespace mw::conformance

// MW_ROUTER_TESTS(test_setup) with a channel and a codec beside the subject; once per test program.
#define MW_ROUTER_TESTS(...)                                                               \
  TEST_CASE("router/1: answers in a later turn") {                                         \
    ::mw::conformance::router_answers_in_a_later_turn(::mw::setup_for(__VA_ARGS__));       \
  }                                                                                        \
  TEST_CASE("router/1: refuses bad names") {                                               \
    ::mw::conformance::router_refuses_bad_names(::mw::setup_for(__VA_ARGS__));             \
  }                                                                                        \
  TEST_CASE("router/1: says what nobody offers") {                                         \
    ::mw::conformance::router_says_what_nobody_offers(::mw::setup_for(__VA_ARGS__));       \
  }                                                                                        \
  TEST_CASE("router/1: passes refusals on") {                                              \
    ::mw::conformance::router_passes_refusals_on(::mw::setup_for(__VA_ARGS__));            \
  }                                                                                        \
  TEST_CASE("router/1: keeps deadlines") {                                                 \
    ::mw::conformance::router_keeps_deadlines(::mw::setup_for(__VA_ARGS__));               \
  }                                                                                        \
  TEST_CASE("router/1: cancels silently") {                                                \
    ::mw::conformance::router_cancels_silently(::mw::setup_for(__VA_ARGS__));              \
  }                                                                                        \
  TEST_CASE("router/1: keeps items in order") {                                            \
    ::mw::conformance::router_keeps_items_in_order(::mw::setup_for(__VA_ARGS__));          \
  }                                                                                        \
  TEST_CASE("router/1: settles messages once") {                                           \
    ::mw::conformance::router_settles_messages_once(::mw::setup_for(__VA_ARGS__));         \
  }                                                                                        \
  TEST_CASE("services/1: forgets withdrawn services") {                                    \
    ::mw::conformance::router_forgets_withdrawn_services(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                        \
  TEST_CASE("router/1: asks groups") {                                                     \
    ::mw::conformance::router_asks_groups(::mw::setup_for(__VA_ARGS__));                   \
  }                                                                                        \
  TEST_CASE("router/1: survives callbacks that end things") {                              \
    ::mw::conformance::router_survives_callbacks_that_end_things(                          \
        ::mw::setup_for(__VA_ARGS__));                                                     \
  }

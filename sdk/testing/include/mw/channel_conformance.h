// channel_conformance: what every channel has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel.h>
#include <mw/testing.h>

#include <string>

namespace mw::conformance {

// Two channels in one node: the stanzas "near" and "far", which tell others the node ids "near" and
// "far". `far_address` is where "near" finds "far"; the suite says so with peer.found.
struct channel_bench {
  test_setup setup;
  std::string far_address;
};

// Each checks one promise of channel/1 with doctest's CHECK.
void channel_carries_every_kind(const channel_bench& bench);
void channel_keeps_the_order_of_a_priority(const channel_bench& bench);
void channel_carries_large_beside_small(const channel_bench& bench);
void channel_refuses_what_is_too_large(const channel_bench& bench);
void channel_refuses_stale_names(const channel_bench& bench);
void channel_places_what_waited(const channel_bench& bench);
void channel_gives_up_in_time(const channel_bench& bench);
void channel_pushes_back_and_tells_of_room(const channel_bench& bench);
void channel_holds_items_until_consumed(const channel_bench& bench);
void channel_tells_of_lost_links(const channel_bench& bench);
void channel_leaves_the_body_alone(const channel_bench& bench);

}  // namespace mw::conformance

// MW_CHANNEL_TESTS(bench()) with a function that returns a channel_bench; once per test program.
#define MW_CHANNEL_TESTS(...)                                                         \
  TEST_CASE("channel/1: carries every kind of message, both ways") {                  \
    ::mw::conformance::channel_carries_every_kind(__VA_ARGS__);                       \
  }                                                                                   \
  TEST_CASE("channel/1: keeps the order of a link's priority") {                      \
    ::mw::conformance::channel_keeps_the_order_of_a_priority(__VA_ARGS__);            \
  }                                                                                   \
  TEST_CASE("channel/1: carries large messages, and small ones beside them") {        \
    ::mw::conformance::channel_carries_large_beside_small(__VA_ARGS__);               \
  }                                                                                   \
  TEST_CASE("channel/1: refuses what is too large") {                                 \
    ::mw::conformance::channel_refuses_what_is_too_large(__VA_ARGS__);                \
  }                                                                                   \
  TEST_CASE("channel/1: refuses stale names") {                                       \
    ::mw::conformance::channel_refuses_stale_names(__VA_ARGS__);                      \
  }                                                                                   \
  TEST_CASE("channel/1: places what waited for a link") {                             \
    ::mw::conformance::channel_places_what_waited(__VA_ARGS__);                       \
  }                                                                                   \
  TEST_CASE("channel/1: gives up in time on what cannot be placed") {                 \
    ::mw::conformance::channel_gives_up_in_time(__VA_ARGS__);                         \
  }                                                                                   \
  TEST_CASE("channel/1: pushes back, and tells when there is room") {                 \
    ::mw::conformance::channel_pushes_back_and_tells_of_room(__VA_ARGS__);            \
  }                                                                                   \
  TEST_CASE("channel/1: held items cost credit until they are consumed") {            \
    ::mw::conformance::channel_holds_items_until_consumed(__VA_ARGS__);               \
  }                                                                                   \
  TEST_CASE("channel/1: tells of lost links, and comes back") {                       \
    ::mw::conformance::channel_tells_of_lost_links(__VA_ARGS__);                      \
  }                                                                                   \
  TEST_CASE("channel/1: leaves the body as it was, for the next one to send it to") { \
    ::mw::conformance::channel_leaves_the_body_alone(__VA_ARGS__);                    \
  }

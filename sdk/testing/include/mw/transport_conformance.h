// transport_conformance: what every transport has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/testing.h>
#include <mw/transport.h>

namespace mw::conformance {

// Each checks one promise of transport/1 with doctest's CHECK. The stanza under test is "subject",
// its library the first of the setup. Listens where the YAML says, else on 127.0.0.1, any port,
// and dials what it got.
void transport_carries_bytes_both_ways(const test_setup& setup);
void transport_ends_in_good_order(const test_setup& setup);
void transport_tells_of_a_reset(const test_setup& setup);
void transport_says_that_nobody_listens(const test_setup& setup);
void transport_cancels_a_dial(const test_setup& setup);
void transport_listens_once_per_endpoint(const test_setup& setup);
void transport_pushes_back(const test_setup& setup);
void transport_survives_drops_in_callbacks(const test_setup& setup);
void transport_keeps_its_capabilities(const test_setup& setup);

// The same for transports without `ordered`.
void packets_keep_their_borders(const test_setup& setup);
void packets_have_a_largest_size(const test_setup& setup);
void packets_cancel_a_dial(const test_setup& setup);
void packets_listen_once_per_endpoint(const test_setup& setup);
void packets_survive_drops_in_callbacks(const test_setup& setup);

}  // namespace mw::conformance

// MW_PACKET_TRANSPORT_TESTS(MW_PLUGIN_FILE), for a transport whose links carry packets.
#define MW_PACKET_TRANSPORT_TESTS(...)                                                   \
  TEST_CASE("transport/1: one write is one packet") {                                    \
    ::mw::conformance::packets_keep_their_borders(::mw::setup_for(__VA_ARGS__));         \
  }                                                                                      \
  TEST_CASE("transport/1: refuses packets that are too large") {                         \
    ::mw::conformance::packets_have_a_largest_size(::mw::setup_for(__VA_ARGS__));        \
  }                                                                                      \
  TEST_CASE("transport/1: a destroyed dial is silent") {                                 \
    ::mw::conformance::packets_cancel_a_dial(::mw::setup_for(__VA_ARGS__));              \
  }                                                                                      \
  TEST_CASE("transport/1: one listener for each endpoint, whose links outlive it") {     \
    ::mw::conformance::packets_listen_once_per_endpoint(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                      \
  TEST_CASE("transport/1: streams may be destroyed inside their callbacks") {            \
    ::mw::conformance::packets_survive_drops_in_callbacks(::mw::setup_for(__VA_ARGS__)); \
  }

// MW_TRANSPORT_TESTS(MW_PLUGIN_FILE), with options, or with a test_setup of several plug-ins (a
// transport over another one); once per test program.
#define MW_TRANSPORT_TESTS(...)                                                             \
  TEST_CASE("transport/1: carries bytes both ways, in order") {                             \
    ::mw::conformance::transport_carries_bytes_both_ways(::mw::setup_for(__VA_ARGS__));     \
  }                                                                                         \
  TEST_CASE("transport/1: ends in good order") {                                            \
    ::mw::conformance::transport_ends_in_good_order(::mw::setup_for(__VA_ARGS__));          \
  }                                                                                         \
  TEST_CASE("transport/1: tells of a reset, once") {                                        \
    ::mw::conformance::transport_tells_of_a_reset(::mw::setup_for(__VA_ARGS__));            \
  }                                                                                         \
  TEST_CASE("transport/1: says that nobody listens, once and later") {                      \
    ::mw::conformance::transport_says_that_nobody_listens(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                         \
  TEST_CASE("transport/1: a destroyed dial is silent") {                                    \
    ::mw::conformance::transport_cancels_a_dial(::mw::setup_for(__VA_ARGS__));              \
  }                                                                                         \
  TEST_CASE("transport/1: one listener for each endpoint, whose links outlive it") {        \
    ::mw::conformance::transport_listens_once_per_endpoint(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                         \
  TEST_CASE("transport/1: a reader that pauses holds the writer back") {                    \
    ::mw::conformance::transport_pushes_back(::mw::setup_for(__VA_ARGS__));                 \
  }                                                                                         \
  TEST_CASE("transport/1: streams may be destroyed inside their callbacks") {               \
    ::mw::conformance::transport_survives_drops_in_callbacks(::mw::setup_for(__VA_ARGS__)); \
  }                                                                                         \
  TEST_CASE("transport/1: does what its capabilities say") {                                \
    ::mw::conformance::transport_keeps_its_capabilities(::mw::setup_for(__VA_ARGS__));      \
  }

// codec_conformance: what every codec has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/codec.h>
#include <mw/testing.h>

namespace mw::conformance {

// Each checks one promise of codec/1 with doctest's CHECK, without knowing the format. The stanza
// under test is "subject", its library the first of the setup.
void codec_carries_every_form(const test_setup& setup);
void codec_appends_and_repeats(const test_setup& setup);
void codec_bridges_versions(const test_setup& setup);
void codec_keeps_views_in_place(const test_setup& setup);
void codec_refuses_cut_messages(const test_setup& setup);
void codec_survives_flipped_bits(const test_setup& setup);
void codec_refuses_other_types(const test_setup& setup);
void codec_refuses_what_is_no_text(const test_setup& setup);
void codec_respects_the_limit(const test_setup& setup);
void codec_speaks_json(const test_setup& setup);
void codec_refuses_bad_json(const test_setup& setup);

}  // namespace mw::conformance

// MW_CODEC_TESTS(MW_PLUGIN_FILE), with options, or with a test_setup of several plug-ins; once per
// test program.
#define MW_CODEC_TESTS(...)                                                         \
  TEST_CASE("codec/1: carries every form, to its extremes") {                       \
    ::mw::conformance::codec_carries_every_form(::mw::setup_for(__VA_ARGS__));      \
  }                                                                                 \
  TEST_CASE("codec/1: appends, and gives the same bytes each time") {               \
    ::mw::conformance::codec_appends_and_repeats(::mw::setup_for(__VA_ARGS__));     \
  }                                                                                 \
  TEST_CASE("codec/1: old and new versions of a message understand each other") {   \
    ::mw::conformance::codec_bridges_versions(::mw::setup_for(__VA_ARGS__));        \
  }                                                                                 \
  TEST_CASE("codec/1: views point into the bytes, slices share their owner") {      \
    ::mw::conformance::codec_keeps_views_in_place(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                 \
  TEST_CASE("codec/1: refuses a message cut anywhere, and bytes behind one") {      \
    ::mw::conformance::codec_refuses_cut_messages(::mw::setup_for(__VA_ARGS__));    \
  }                                                                                 \
  TEST_CASE("codec/1: survives every flipped bit") {                                \
    ::mw::conformance::codec_survives_flipped_bits(::mw::setup_for(__VA_ARGS__));   \
  }                                                                                 \
  TEST_CASE("codec/1: refuses other types and numbers that do not fit, by field") { \
    ::mw::conformance::codec_refuses_other_types(::mw::setup_for(__VA_ARGS__));     \
  }                                                                                 \
  TEST_CASE("codec/1: text is UTF-8") {                                             \
    ::mw::conformance::codec_refuses_what_is_no_text(::mw::setup_for(__VA_ARGS__)); \
  }                                                                                 \
  TEST_CASE("codec/1: a message that outgrows its limit is overloaded") {           \
    ::mw::conformance::codec_respects_the_limit(::mw::setup_for(__VA_ARGS__));      \
  }                                                                                 \
  TEST_CASE("codec/1: speaks JSON, there and back") {                               \
    ::mw::conformance::codec_speaks_json(::mw::setup_for(__VA_ARGS__));             \
  }                                                                                 \
  TEST_CASE("codec/1: refuses bad JSON") {                                          \
    ::mw::conformance::codec_refuses_bad_json(::mw::setup_for(__VA_ARGS__));        \
  }

// conformance: what every plug-in has to pass, in one line of its test.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <string>

namespace mw::conformance {

// Each checks one promise with doctest's CHECK. `options` is the rest of the stanza as YAML.
void starts_and_stops_twice(const std::string& library, const std::string& options);
void refuses_unknown_options(const std::string& library, const std::string& options);
void documents_its_options(const std::string& library);
void survives_a_stop_during_start(const std::string& library, const std::string& options);
void keeps_instances_apart(const std::string& library, const std::string& options);
void repeats_itself(const std::string& library, const std::string& options);
void drains_within_its_deadline(const std::string& library, const std::string& options);

}  // namespace mw::conformance

// MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE) or, with required options,
// MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "listen: 127.0.0.1:0"); once per test program.
#define MW_CONFORMANCE_TESTS(library, ...)                                                \
  TEST_CASE("conformance: starts and stops twice, leaving nothing behind") {              \
    ::mw::conformance::starts_and_stops_twice(library, ::std::string(__VA_ARGS__));       \
  }                                                                                       \
  TEST_CASE("conformance: refuses an unknown option by name") {                           \
    ::mw::conformance::refuses_unknown_options(library, ::std::string(__VA_ARGS__));      \
  }                                                                                       \
  TEST_CASE("conformance: documents every option") {                                      \
    ::mw::conformance::documents_its_options(library);                                    \
  }                                                                                       \
  TEST_CASE("conformance: survives a stop while it starts") {                             \
    ::mw::conformance::survives_a_stop_during_start(library, ::std::string(__VA_ARGS__)); \
  }                                                                                       \
  TEST_CASE("conformance: two instances share nothing") {                                 \
    ::mw::conformance::keeps_instances_apart(library, ::std::string(__VA_ARGS__));        \
  }                                                                                       \
  TEST_CASE("conformance: the same seed gives the same run") {                            \
    ::mw::conformance::repeats_itself(library, ::std::string(__VA_ARGS__));               \
  }                                                                                       \
  TEST_CASE("conformance: drains within its deadline") {                                  \
    ::mw::conformance::drains_within_its_deadline(library, ::std::string(__VA_ARGS__));   \
  }

// names: cases about resolving host names.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

namespace mw::kernel::conformance {

using name_answer = result<std::vector<std::string>>;

// Asks for `name` and waits.
inline name_answer resolve_now(platform_fixture& fixture, const std::string& name) {
  test_plugin plugin(fixture);
  std::optional<name_answer> outcome;
  const resolve_ptr asked = plugin.services->names().resolve(
      name, [&outcome](name_answer found) { outcome = std::move(found); });
  CHECK(!outcome);  // never inside the call
  CHECK(plugin.ledger.names == 1);
  REQUIRE(fixture.run_until([&outcome] { return outcome.has_value(); }));
  return std::move(*outcome);
}

inline void name_of_this_machine(platform_fixture& fixture) {
  const name_answer found = resolve_now(fixture, fixture.known_name());
  REQUIRE(found.ok());
  CHECK(std::find_if(found->begin(), found->end(), [](const std::string& one) {
          return one == "127.0.0.1" || one == "::1";
        }) != found->end());
  std::vector<std::string> once = *found;
  std::sort(once.begin(), once.end());
  CHECK(std::adjacent_find(once.begin(), once.end()) == once.end());
}

inline void name_that_is_an_address(platform_fixture& fixture) {
  for (const std::string address : {"127.0.0.1", "192.0.2.7", "::1"}) {
    const name_answer found = resolve_now(fixture, address);
    REQUIRE(found.ok());
    CHECK(*found == std::vector<std::string>{address});
  }
}

inline void name_of_nobody(platform_fixture& fixture) {
  for (const std::string name : {"", "two words.invalid", "a name\nwith a line"}) {
    CAPTURE(name);
    const name_answer found = resolve_now(fixture, name);
    REQUIRE(!found.ok());
    CHECK((found.error().kind() == errc::invalid || found.error().kind() == errc::not_found ||
           found.error().kind() == errc::timed_out));
    CHECK(found.error().text().find(name) != std::string::npos);
  }
}

inline void name_question_cancelled(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  bool called = false;
  resolve_ptr asked =
      plugin.services->names().resolve("127.0.0.1", [&called](name_answer) { called = true; });
  asked.reset();
  CHECK(plugin.ledger.names == 0);
  std::optional<name_answer> later;
  const resolve_ptr other = plugin.services->names().resolve(
      "127.0.0.1", [&later](name_answer found) { later = std::move(found); });
  REQUIRE(fixture.run_until([&later] { return later.has_value(); }));
  CHECK(run_turns(fixture, 5));
  CHECK(!called);
}

inline void name_question_dies_inside_its_answer(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  resolve_ptr asked;
  std::string heard;
  const std::string long_capture(100, 'c');
  asked = plugin.services->names().resolve("127.0.0.1", [&, long_capture](name_answer) {
    asked.reset();
    heard = long_capture;
  });
  REQUIRE(fixture.run_until([&asked] { return !asked; }));
  CHECK(heard == long_capture);
}

inline void name_questions_are_bounded(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& names = plugin.services->names();
  std::size_t answered = 0;
  std::size_t refused = 0;
  std::vector<resolve_ptr> asked;
  const auto ask = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      asked.push_back(names.resolve("127.0.0.1", [&](name_answer found) {
        ++answered;
        if (found) return;
        CHECK(found.error().kind() == errc::overloaded);
        CHECK(found.error().text().find("64") != std::string::npos);
        ++refused;
      }));
  };
  ask(name_service::under_way_max + 3);
  REQUIRE(fixture.run_until([&] { return answered == asked.size(); }));
  CHECK(refused == 3);
  asked.clear();
  answered = 0;
  ask(1);  // there is room again
  REQUIRE(fixture.run_until([&answered] { return answered == 1; }));
  CHECK(refused == 3);
}

// Nobody is called for a plug-in that is gone.
inline void name_question_outlives_its_plugin(platform_fixture& fixture) {
  bool called = false;
  {
    test_plugin plugin(fixture);
    const resolve_ptr asked = plugin.services->names().resolve(
        fixture.known_name(), [&called](name_answer) { called = true; });
  }
  CHECK(resolve_now(fixture, "127.0.0.1").ok());
  CHECK(!called);
}

inline std::vector<conformance_case> name_cases() {
  return {{"the name of this machine", name_of_this_machine},
          {"an address is its own name", name_that_is_an_address},
          {"texts that name nobody", name_of_nobody},
          {"a cancelled question is silent", name_question_cancelled},
          {"a question dies inside its answer", name_question_dies_inside_its_answer},
          {"questions are bounded", name_questions_are_bounded},
          {"a question outlives its plug-in", name_question_outlives_its_plugin}};
}

}  // namespace mw::kernel::conformance

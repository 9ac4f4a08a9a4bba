// processes: cases about commands: how they end, and that nothing of them stays.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fixture.h"

namespace mw::kernel::conformance {

using command_outcome = result<process_outcome>;

inline process_spec command_for(platform_fixture& fixture, const std::string& what) {
  process_spec spec;
  spec.argv = fixture.command_that(what);
  spec.environment = {"PATH=/usr/bin:/bin"};
  return spec;
}

// Runs `spec` and waits for its end.
inline command_outcome run_command(platform_fixture& fixture, const process_spec& spec) {
  test_plugin plugin(fixture);
  std::optional<command_outcome> outcome;
  const process_ptr running = plugin.services->processes().start(
      spec, [&outcome](command_outcome told) { outcome = std::move(told); });
  CHECK(!outcome);  // never inside the call
  CHECK(plugin.ledger.processes == 1);
  REQUIRE(fixture.run_until([&outcome] { return outcome.has_value(); }));
  return std::move(*outcome);
}

inline void command_says_and_exits(platform_fixture& fixture) {
  const command_outcome said = run_command(fixture, command_for(fixture, "say"));
  REQUIRE_MESSAGE(said.ok(), said.error().text());
  CHECK(said->how == process_end::exited);
  CHECK(said->code == 3);
  CHECK(said->output == "hello\n");
  CHECK(said->dropped == 0);
  CHECK(!said->killed);
  const command_outcome worked = run_command(fixture, command_for(fixture, "work"));
  REQUIRE(worked.ok());
  CHECK(worked->code == 0);
  CHECK(worked->output == "done\n");
  CHECK(worked->ran >= 50ms);
}

inline void command_ends_by_a_signal(platform_fixture& fixture) {
  const command_outcome crashed = run_command(fixture, command_for(fixture, "crash"));
  REQUIRE(crashed.ok());
  CHECK(crashed->how == process_end::signalled);
  CHECK(crashed->code == 6);
}

inline void command_reaches_its_time_limit(platform_fixture& fixture) {
  process_spec spec = command_for(fixture, "hang");
  spec.time_limit = 50ms;
  spec.grace = 5s;
  const command_outcome polite = run_command(fixture, spec);
  REQUIRE(polite.ok());
  CHECK(polite->how == process_end::timed_out);
  CHECK(!polite->killed);
  CHECK(polite->ran >= 50ms);
  spec = command_for(fixture, "ignore");
  spec.time_limit = 200ms;
  spec.grace = 50ms;
  const command_outcome stubborn = run_command(fixture, spec);
  REQUIRE(stubborn.ok());
  CHECK(stubborn->how == process_end::timed_out);
  CHECK(stubborn->killed);
  CHECK(stubborn->code == 9);
  CHECK(stubborn->ran >= 250ms);
}

inline void command_writes_too_much(platform_fixture& fixture) {
  process_spec spec = command_for(fixture, "say");
  spec.output_max = 3;
  const command_outcome cut = run_command(fixture, spec);
  REQUIRE(cut.ok());
  CHECK(cut->how == process_end::exited);  // a little more does no harm
  CHECK(cut->output == "hel");
  CHECK(cut->dropped == 3);
  const command_outcome flood = run_command(fixture, command_for(fixture, "flood"));
  REQUIRE(flood.ok());
  CHECK(flood->output.size() == process_spec().output_max);
  CHECK(flood->dropped > process_spec::output_excess);
}

inline void command_cannot_start(platform_fixture& fixture) {
  process_spec spec;
  const auto kind = [&fixture, &spec] {
    const command_outcome told = run_command(fixture, spec);
    REQUIRE(!told.ok());
    CHECK(!told.error().text().empty());
    return told.error().kind();
  };
  CHECK(kind() == errc::invalid);
  spec.argv = {"sh"};
  CHECK(kind() == errc::invalid);
  spec.argv = {"/no/such/program"};
  CHECK(kind() == errc::not_found);
}

inline void command_destroyed_is_silent(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  bool called = false;
  process_ptr running = plugin.services->processes().start(
      command_for(fixture, "ignore"), [&called](command_outcome) { called = true; });
  CHECK(run_turns(fixture, 2));
  running.reset();
  CHECK(plugin.ledger.processes == 0);
  CHECK(let_pass(fixture, 100ms));
  CHECK(!called);
}

inline void command_dies_inside_its_callback(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  process_ptr running;
  std::string heard;
  const std::string long_capture(100, 'c');
  running = plugin.services->processes().start(command_for(fixture, "say"),
                                               [&, long_capture](command_outcome) {
                                                 running.reset();
                                                 heard = long_capture;
                                               });
  REQUIRE(fixture.run_until([&running] { return !running; }));
  CHECK(heard == long_capture);
}

inline void commands_are_bounded(platform_fixture& fixture) {
  test_plugin plugin(fixture);
  auto& processes = plugin.services->processes();
  std::size_t ended = 0;
  std::size_t refused = 0;
  std::vector<process_ptr> running;
  const auto start = [&](std::size_t count, const std::string& what) {
    for (std::size_t i = 0; i < count; ++i)
      running.push_back(processes.start(command_for(fixture, what), [&](command_outcome told) {
        ++ended;
        if (told) return;
        CHECK(told.error().kind() == errc::overloaded);
        CHECK(told.error().text().find("64") != std::string::npos);
        ++refused;
      }));
  };
  start(process_service::running_max, "hang");
  start(3, "say");
  REQUIRE(fixture.run_until([&ended] { return ended == 3; }));
  CHECK(refused == 3);
  running.clear();
  CHECK(let_pass(fixture, 300ms));  // until they are reaped
  ended = 0;
  start(1, "say");
  REQUIRE(fixture.run_until([&ended] { return ended == 1; }));
  CHECK(refused == 3);
}

// Nobody is called for a plug-in that is gone, and its command is ended.
inline void command_outlives_its_plugin(platform_fixture& fixture) {
  bool called = false;
  {
    test_plugin plugin(fixture);
    const process_ptr running = plugin.services->processes().start(
        command_for(fixture, "work"), [&called](command_outcome) { called = true; });
  }
  CHECK(let_pass(fixture, 100ms));
  CHECK(!called);
}

inline std::vector<conformance_case> process_cases() {
  return {{"a command says something and exits", command_says_and_exits},
          {"a command ends by a signal", command_ends_by_a_signal},
          {"a command reaches its time limit", command_reaches_its_time_limit},
          {"a command writes too much", command_writes_too_much},
          {"commands that cannot start", command_cannot_start},
          {"a destroyed command is silent", command_destroyed_is_silent},
          {"a command dies inside its callback", command_dies_inside_its_callback},
          {"commands are bounded", commands_are_bounded},
          {"a command outlives its plug-in", command_outlives_its_plugin}};
}

}  // namespace mw::kernel::conformance

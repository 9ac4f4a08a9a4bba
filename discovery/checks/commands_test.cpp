// commands_test: commands as checks and as recovery, on a simulated machine that has such programs.
// SPDX-License-Identifier: Apache-2.0
#include "probes/probe.h"

#include <mw/events.h>
#include <mw/health_checks.h>
#include <mw/testing.h>

namespace mw::checks {
namespace {

test_setup setup(const std::string& check) {
  return setup_for(MW_PLUGIN_FILE, "allow_exec: true\nchecks:\n  - " + check);
}

check_view only(test_node& node) {
  return node.contract<health_checks>()->checks().at(0);
}

finding after(process_outcome ended) {
  return finding_of(result<process_outcome>(std::move(ended)));
}

}  // namespace

TEST_CASE("commands: what an end says") {
  CHECK(after({.code = 0, .output = "fine\n"}).verdict == check_verdict::pass);
  CHECK(after({.code = 0, .output = "fine\n"}).output == "fine");
  CHECK(after({.code = 0}).output == "exit code 0");
  CHECK(after({.code = 1}).verdict == check_verdict::warn);
  CHECK(after({.code = 2, .output = "no\n\n"}).verdict == check_verdict::fail);
  CHECK(after({.code = 2, .output = "no\n\n"}).output == "exit code 2: no");
  CHECK(after({.how = process_end::signalled, .code = 11}).output == "ended by signal 11");
  const finding late = after({.how = process_end::timed_out, .killed = true, .ran = 1500ms});
  CHECK(late.output == "not done after 1500ms, killed");
  CHECK(late.bounded);
  CHECK(after({.how = process_end::output_limit}).bounded);
  const finding none = finding_of(failure(errc::not_found, "no such program"));
  CHECK(none.verdict == check_verdict::fail);
  CHECK(none.output == "no such program");
}

TEST_CASE("commands: exit codes are verdicts; what the command gets is what the YAML says") {
  test_node node(
      setup("{ name: disk, kind: exec, interval: 1s, timeout: 500ms, exec: { command: [/opt/disk, "
            "\"--all; rm\"], environment: { A: b }, directory: /opt, memory: 64MiB, cpu: 2s, "
            "output_max: 10B, user: 65534 } }"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  process_spec seen;
  sim_command does{.takes = 20ms, .exit_code = 0, .output = "all is well, and more"};
  node.machine().on_command("/opt/disk", [&](const process_spec& spec) {
    seen = spec;
    return does;
  });
  CHECK(node.run_until([&] { return only(node).level == check_level::passing; }));
  CHECK(only(node).output == "all is wel");
  CHECK(seen.argv == std::vector<std::string>{"/opt/disk", "--all; rm"});
  CHECK(seen.environment == std::vector<std::string>{"A=b"});
  CHECK(seen.directory.text == "/opt");
  CHECK(seen.time_limit == 500ms);
  CHECK(seen.limits.memory.count == 64 * 1024 * 1024);
  CHECK(seen.limits.cpu == 2s);
  CHECK(seen.user == 65534U);
  does.exit_code = 1;
  CHECK(node.run_until([&] { return only(node).level == check_level::warning; }));
  does.takes = 1min;
  does.ignores_term = true;
  CHECK(node.run_until([&] { return only(node).level == check_level::critical; }));
  CHECK(only(node).output.find("killed") != std::string::npos);
  CHECK(node.metric("mw_discovery_checks_bounded_total") >= 3);
  CHECK(node.stop());
  CHECK(node.metric("mw_plugin_leaks_total") <= 0);
}

TEST_CASE("commands: one that does not exist is a failure that says so") {
  test_node node(
      setup("{ name: disk, kind: exec, interval: 1s, timeout: 500ms, exec: { command: "
            "[/no/such] } }"));
  CHECK(node.run_until([&] { return only(node).level == check_level::critical; }));
  CHECK(only(node).output.find("/no/such cannot be run") == 0);
}

TEST_CASE("commands: without allow_exec none is run, neither as a check nor as recovery") {
  for (const std::string check :
       {"{ name: a, kind: exec, exec: { command: [/bin/true] } }",
        "{ name: a, kind: ttl, restart: { run: { command: [/bin/true] } } }"}) {
    test_node node(setup_for(MW_PLUGIN_FILE, "checks:\n  - " + check));
    CHECK(!node.ready());
    CHECK(node.failed().find("allow_exec") != std::string::npos);
  }
}

TEST_CASE(
    "commands: a critical check runs its recovery within its budget, then asks for a person") {
  test_node node(setup(
      "{ name: api, kind: ttl, interval: 1h, restart: { run: { command: [/opt/fix] }, budget: 2, "
      "window: 1h, again: 30s } }"));
  std::vector<process_spec> runs;
  node.machine().on_command("/opt/fix", [&](const process_spec& spec) {
    runs.push_back(spec);
    return sim_command{.exit_code = runs.size() == 1 ? 4 : 0};
  });
  const auto push = [&](const char* verdict) {
    CHECK(
        node.call(std::string("/checks/subject/push?check=api&verdict=") + verdict, "{}").status ==
        200);
  };
  push("pass");
  node.run_for(5s);
  CHECK(runs.empty());
  push("fail");
  node.run_for(5s);
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].environment == std::vector<std::string>{"MW_CHECK=api", "MW_SUBJECT=n1"});
  node.run_for(5min);
  CHECK(runs.size() == 2);
  CHECK(node.metric("mw_discovery_checks_restarts_total") == 2);
  CHECK(node.metric("mw_discovery_checks_restarts_refused_total") >= 1);
  REQUIRE(!node.received<alert_raised>().empty());
  CHECK(node.received<alert_raised>()[0].name == "check.restarts_spent");
  push("pass");
  node.run_for(5min);
  CHECK(runs.size() == 2);
  CHECK(node.metric("mw_discovery_checks_restarting") == 0);
}

TEST_CASE("commands: sixteen recoveries run at a time; further ones are counted, not run") {
  std::string checks;
  for (int i = 0; i < 17; ++i)
    checks += "{ name: c" + std::to_string(i) +
              ", kind: ttl, interval: 1h, restart: { run: { command: [/opt/fix] }, time_limit: "
              "10min, again: 24h } }\n  - ";
  test_node node(setup(checks + "{ name: last, kind: ttl, interval: 1h }"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  std::size_t runs = 0;
  node.machine().on_command("/opt/fix", [&](const process_spec&) {
    ++runs;
    return sim_command{.takes = 5min};
  });
  for (int i = 0; i < 17; ++i)
    CHECK(node.call("/checks/subject/push?check=c" + std::to_string(i) + "&verdict=fail", "{}")
              .status == 200);
  node.run_for(1min);
  CHECK(runs == 16);
  CHECK(node.metric("mw_discovery_checks_restarting") == 16);
  CHECK(node.metric("mw_discovery_checks_bounded_total") == 1);
  node.run_for(10min);
  CHECK(node.metric("mw_discovery_checks_restarting") == 0);
}

TEST_CASE("commands: a stanza has 256 checks at most, and says so") {
  const auto many = [](int count) {
    std::string checks = "{ name: first, kind: ttl }";
    for (int i = 1; i < count; ++i)
      checks += "\n  - { name: c" + std::to_string(i) + ", kind: ttl }";
    return setup(checks);
  };
  test_node most(many(256));
  CHECK_MESSAGE(most.ready(), most.failed());
  test_node more(many(257));
  CHECK(!more.ready());
  CHECK(more.failed().find("holds 1 to 256 checks") != std::string::npos);
}

}  // namespace mw::checks

// cluster_test: reports, determinism, bad requests, and planted bugs within their seed budgets.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <set>

namespace mw::tests {

TEST_CASE("a quiet cluster is ready at once and acknowledges records") {
  CHECK(run_cluster({.seed = 1, .bug = "none", .faults = "none", .length = 4s}) == "");
  const sim_request request =
      request_for({.seed = 1, .bug = "none", .faults = "none", .length = 4s});
  const auto report = run_simulation(request);
  REQUIRE(report.ok());
  REQUIRE(report->nodes.size() == 3);
  for (const sim_node_report& one : report->nodes) {
    CHECK(one.ready);
    CHECK(one.lives == 1);
    REQUIRE(one.ready_at);
    CHECK(*one.ready_at < 1s);
  }
  const std::string text = to_string(*report);
  CHECK(text.find("n3: ready") != std::string::npos);
  CHECK(text.find("trace hash: ") != std::string::npos);
}

TEST_CASE("a path on which nothing flows after the faults is noticed") {
  cluster_run run{.seed = 1, .bug = "none", .faults = "none", .length = 4s};
  run.never_healed = cut_one_way(0, 2);
  const std::string wrong = run_cluster(run);
  CHECK(wrong.find("n1: no records are kept any more: mw_echo_probe_acknowledged_total") !=
        std::string::npos);
  CHECK(wrong.find("10.0.0.3:7410") != std::string::npos);
  CHECK(wrong.find("n2: no records") == std::string::npos);
}

TEST_CASE("the same request gives the same trace, whoever watches; another seed another one") {
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    sim_request request = request_for({.seed = seed, .bug = "none", .faults = "all", .length = 8s});
    const auto silent = run_simulation(request);
    REQUIRE(silent.ok());
    std::size_t lines = 0;
    request.trace = true;
    request.log = [&lines](std::string_view line) { lines += line.empty() ? 0 : 1; };
    const auto watched = run_simulation(request);
    REQUIRE(watched.ok());
    CHECK(silent->trace_hash == watched->trace_hash);
    CHECK(silent->events == watched->events);
    CHECK(silent->faults == watched->faults);
    CHECK(lines > 1000);
    hashes.insert(silent->trace_hash);
  }
  CHECK(hashes.size() == 3);
}

TEST_CASE("requests that cannot be run say why") {
  sim_request request = request_for({});
  request.files = {"no/such/file.yaml"};
  CHECK(run_simulation(request).error().text().find("no/such/file.yaml") != std::string::npos);
  request.files.clear();
  CHECK(run_simulation(request).error().kind() == errc::invalid);
  request = request_for({});
  request.files.push_back(request.files.front());
  CHECK(run_simulation(request).error().text().find("one file") != std::string::npos);
  request = request_for({});
  request.faults = "weather";
  CHECK(run_simulation(request).error().text().find("process") != std::string::npos);
  request = request_for({.seed = 1, .bug = "no_such_bug"});
  CHECK(run_simulation(request).error().text().find("ack_before_sync") != std::string::npos);
}

TEST_CASE("a node may crash at any moment of its start and comes back") {
  const sim_request request =
      request_for({.seed = 3, .bug = "none", .faults = "none", .length = 60s});
  const auto made = sim_cluster::make(request);
  REQUIRE(made.ok());
  sim_world& world = (*made)->world();
  for (duration moment{}; moment < 200us; moment += 1us) {
    world.run_for(moment);
    world.crash(world.node(1));
    world.restart(world.node(1));
  }
  world.run_for(10s);
  CHECK((*made)->report().nodes[1].ready);
}

TEST_CASE("planted bugs are found within their budgets of seeds") {
  struct budget {
    const char* bug;
    std::uint64_t seeds;
  };
  for (const budget& one : {budget{"ack_before_sync", 100}, budget{"forget_directory_sync", 100},
                            budget{"trust_reads", 10}, budget{"trust_packets", 40}}) {
    std::uint64_t seed = 1;
    std::string found;
    for (; seed <= one.seeds && found.find("invariant broken") == std::string::npos; ++seed)
      found = run_cluster({.seed = seed, .bug = one.bug});
    MESSAGE(std::string(one.bug) << " took " << seed - 1 << " seeds: " << found);
    CHECK(found.find("invariant broken") != std::string::npos);
  }
}

}  // namespace mw::tests

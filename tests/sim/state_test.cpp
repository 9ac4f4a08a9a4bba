// state_test: under faults the shared state ends equal: nothing lost, doubled or come back.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::tests {
namespace {

constexpr std::size_t nodes = 5;

double value_of(const std::string& text, const std::string& name) {
  double sum = 0;
  for (const auto& [series, value] : series_of(text, name)) sum += value;
  return sum;
}

struct sums {
  double added = 0;
  double siblings = 0;
  double lives = 0;
};

sim_request request_for(std::uint64_t seed, const std::string& faults, bool snapshot) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/state.yaml"};
  request.nodes = nodes;
  request.seed = seed;
  request.length = 70s;
  request.faults = faults;
  if (snapshot) request.flags = {"plugins.state.snapshot=state.snapshot"};
  request.plugin_path = {MW_TEST_PLUGINS, MW_PLUGINS};
  return request;
}

// What is wrong in the end; empty: nothing. Whether nodes may have lost what they told nobody is
// known from their lives.
std::string run_seed(std::uint64_t seed, const std::string& faults, bool snapshot, sums& all) {
  const sim_request request = request_for(seed, faults, snapshot);
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  (*cluster)->run();
  const sim_report report = (*cluster)->report();
  std::string wrong;
  double added = 0;
  std::size_t lives = 0;
  const std::string first = (*cluster)->metrics(0);
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string text = (*cluster)->metrics(i);
    const std::string& name = report.nodes[i].name;
    for (const std::string& one : report.nodes[i].endings) wrong += "\nended: " + one;
    if (!report.nodes[i].ready) wrong += "\n" + name + " is not ready in the end";
    const auto same = [&](const std::string& metric) {
      if (value_of(text, metric) != value_of(first, metric))
        wrong += "\n" + name + ": " + metric + " is " + std::to_string(value_of(text, metric)) +
                 ", on n1 it is " + std::to_string(value_of(first, metric));
    };
    const auto zero = [&](const std::string& metric, const std::string& meaning) {
      if (value_of(text, metric) != 0)
        wrong += "\n" + name + ": " + meaning + ": " + std::to_string(value_of(text, metric));
    };
    same("mw_anti_entropy_digest");
    same("mw_anti_entropy_entries");
    same("mw_state_probe_value");
    zero("mw_state_probe_back", "removed entries came back");
    zero("mw_state_probe_lost", "a write is lost");
    zero("mw_state_probe_refused", "writes were refused");
    zero("mw_anti_entropy_refused_total", "something was refused");
    added += value_of(text, "mw_state_probe_added");
    all.siblings += value_of(text, "mw_state_probe_siblings") > 1 ? 1 : 0;
    lives += report.nodes[i].lives;
  }
  all.added += added;
  all.lives += static_cast<double>(lives);
  const double value = value_of(first, "mw_state_probe_value");
  // Where nobody crashed the counter is what was added, to the last one.
  if (lives == nodes && value != added)
    wrong += "\nthe counter is " + std::to_string(value) + ", added were " + std::to_string(added);
  if (wrong.empty()) return {};
  return wrong + "\nrepeat with: mw sim tests/sim/state.yaml --nodes 5 --seed " +
         std::to_string(seed) + " --faults " + faults +
         (snapshot ? " --set plugins.state.snapshot=state.snapshot" : "") +
         " --for 70s --log --plugin-path build/dev/test_plugins";
}

sums run_seeds(std::uint64_t from, std::uint64_t to, const std::string& faults, bool snapshot) {
  sums all;
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const std::string wrong = run_seed(seed, faults, snapshot, all);
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
  }
  const auto runs = static_cast<double>(to - from + 1);
  CHECK(all.added > 1000 * runs);  // the faults leave room for work
  CHECK(all.siblings > runs);      // and make concurrent writes
  return all;
}

}  // namespace

TEST_CASE("state: without faults") {
  CHECK(run_seeds(1, 3, "none", false).lives == 3 * nodes);
}

TEST_CASE("state: the same seed gives the same run") {
  std::uint64_t hashes[2];
  for (std::uint64_t& hash : hashes) {
    const sim_request request = request_for(9, "all", true);
    const auto cluster = sim_cluster::make(request);
    REQUIRE(cluster.ok());
    (*cluster)->run();
    hash = (*cluster)->report().trace_hash;
  }
  CHECK(hashes[0] == hashes[1]);
}

TEST_CASE("state: a node that was away for longer than removals are remembered brings none back") {
  sim_request request = request_for(5, "none", true);
  request.flags.insert(request.flags.end(),
                       {"plugins.state.forget_after=1min", "plugins.probe.quiet_after=10s",
                        "plugins.probe.remove_at=30s"});
  request.length = 200s;
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  sim_world& world = (*cluster)->world();
  const auto number = [&](std::size_t i, const std::string& name) {
    return value_of((*cluster)->metrics(i), name);
  };
  world.run_for(15s);
  REQUIRE(number(4, "mw_state_probe_shared") >= 1);
  world.kill(world.node(4));
  world.run_for(105s);
  for (std::size_t i = 0; i < 4; ++i) {
    REQUIRE(number(i, "mw_state_probe_shared") == 0);
    REQUIRE(number(i, "mw_anti_entropy_tombstones") == 0);  // nobody remembers the removal
  }
  world.restart(world.node(4));
  world.run_for(20s);
  CHECK(number(4, "mw_anti_entropy_dropped_total") >= 1);
  for (std::size_t i = 0; i < nodes; ++i) {
    CHECK(number(i, "mw_state_probe_shared") == 0);
    CHECK(number(i, "mw_anti_entropy_digest") == number(0, "mw_anti_entropy_digest"));
    CHECK(number(i, "mw_state_probe_value") == number(0, "mw_state_probe_value"));
  }
}

TEST_CASE("state seeds 1 to 35: network") {
  (void)run_seeds(1, 35, "network", false);
}
TEST_CASE("state seeds 36 to 70: network") {
  (void)run_seeds(36, 70, "network", false);
}
// Nodes crashed and came back.
TEST_CASE("state seeds 101 to 135: all faults and snapshots") {
  CHECK(run_seeds(101, 135, "all", true).lives > 35 * nodes);
}
TEST_CASE("state seeds 136 to 170: all faults and snapshots") {
  CHECK(run_seeds(136, 170, "all", true).lives > 35 * nodes);
}
TEST_CASE("state seeds 201 to 230: process without memory") {
  CHECK(run_seeds(201, 230, "process", false).lives > 30 * nodes);
}
TEST_CASE("state seeds 231 to 260: process without memory") {
  CHECK(run_seeds(231, 260, "process", false).lives > 30 * nodes);
}

}  // namespace mw::tests

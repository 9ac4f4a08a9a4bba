// checks_test: checks of a cluster under faults: who is well again is found well; nobody flaps.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace mw::tests {
namespace {

constexpr std::size_t nodes = 3;
constexpr double looked_at = 2 * (nodes - 1) + 2;  // by one node

sim_request request_for(std::uint64_t seed, const std::string& faults = "none",
                        const std::string& flap = "0s") {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/checks.yaml"};
  request.nodes = nodes;
  request.seed = seed;
  request.length = 60s;
  request.faults = faults;
  request.variables = {{"FLAP", flap}};
  request.plugin_path = {MW_PLUGINS, MW_TEST_PLUGINS};
  return request;
}

double value_of(const sim_cluster& cluster, std::size_t node, const std::string& series) {
  const auto all = series_of(cluster.metrics(node), series.substr(0, series.find('{')));
  const auto at = all.find(series);
  return at == all.end() ? -1 : at->second;
}

double at_level(const sim_cluster& cluster, std::size_t node, const std::string& level) {
  return value_of(cluster, node, "mw_discovery_checks_level{level=\"" + level + "\"}");
}

double critical(const sim_cluster& cluster, std::size_t node, const std::string& check) {
  return value_of(cluster, node, "mw_discovery_checks_critical{check=\"" + check + "\"}");
}

double lowest(const sim_cluster& cluster, std::size_t node) {
  return value_of(cluster, node, "mw_discovery_checks_score_lowest");
}

// A cluster whose machines have the two commands.
struct world_of_checks {
  explicit world_of_checks(const sim_request& request) : made(sim_cluster::make(request)) {
    REQUIRE_MESSAGE(made.ok(), made.error().text());
    for (std::size_t i = 0; i < nodes; ++i) {
      world().node(i).on_command("/bin/disk", [this](const process_spec&) { return disk; });
      world().node(i).on_command("/bin/fix", [this](const process_spec&) {
        ++fixes;
        return sim_command{};
      });
    }
  }
  [[nodiscard]] sim_world& world() { return (*made)->world(); }
  [[nodiscard]] sim_cluster& cluster() { return **made; }
  [[nodiscard]] bool all_well() {
    for (std::size_t i = 0; i < nodes; ++i)
      if (at_level(cluster(), i, "passing") != looked_at || lowest(cluster(), i) != 1) return false;
    return true;
  }

  // Looked at each second: reading the metrics costs more than the simulation.
  [[nodiscard]] bool gets_well(int seconds) {
    for (int i = 0; i < seconds && !all_well(); ++i) world().run_for(1s);
    return all_well();
  }

  sim_command disk{.takes = 50ms, .output = "fine"};
  int fixes = 0;
  result<std::unique_ptr<sim_cluster>> made;
};

void run_seeds(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    CAPTURE(seed);
    const sim_request request = request_for(seed, seed % 2 == 0 ? "network" : "all");
    world_of_checks w(request);
    w.cluster().run();
    for (std::size_t i = 0; i < nodes; ++i)
      if (value_of(w.cluster(), i, "mw_discovery_checks_running") > 4) FAIL("beyond `concurrent`");
    // Whatever happened: when all is healed everybody is found to be well, within a bounded time.
    CHECK(w.gets_well(120));
  }
}

}  // namespace

TEST_CASE("checks: a dead node is critical after so many looks, for all who look") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const sim_request request = request_for(seed);
    world_of_checks w(request);
    REQUIRE(w.gets_well(60));
    w.world().kill(w.world().node(2));
    // Two looks in a row do not make it critical.
    w.world().run_for(3s);
    for (const std::size_t i : {0, 1}) CHECK(critical(w.cluster(), i, "page") == 0);
    // Three take at most three intervals with their jitter.
    w.world().run_for(6s);
    for (const std::size_t i : {0, 1}) {
      CHECK(critical(w.cluster(), i, "page") == 1);
      CHECK(critical(w.cluster(), i, "link") == 1);
      CHECK(lowest(w.cluster(), i) == 0);
    }
    w.world().restart(w.world().node(2));
    CHECK(w.gets_well(60));
  }
}

TEST_CASE("checks: servers that flap faster than the thresholds are never critical") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    // Bad for 1 to 3 s, which is two looks at most; good for 3 s or more, which is one at least.
    const sim_request request = request_for(seed, "none", "2s");
    world_of_checks w(request);
    w.world().run_for(10s);
    double worst = 0;
    for (int i = 0; i < 100; ++i) {
      w.world().run_for(1s);
      for (std::size_t node = 0; node < nodes; ++node)
        worst = std::max(worst, critical(w.cluster(), node, "page"));
    }
    CHECK(worst == 0);
    // They did fail, and the link is not the page's business.
    CHECK(value_of(w.cluster(), 0, "mw_discovery_checks_verdicts_total{verdict=\"fail\"}") > 10);
    CHECK(critical(w.cluster(), 0, "link") == 0);
  }
}

TEST_CASE("checks: commands that fail are restarted within the budget, on each node") {
  const sim_request request = request_for(5);
  world_of_checks w(request);
  REQUIRE(w.gets_well(60));
  w.disk.exit_code = 2;
  w.world().run_for(120s);
  for (std::size_t i = 0; i < nodes; ++i) CHECK(critical(w.cluster(), i, "disk") == 1);
  CHECK(w.fixes == 2 * nodes);
  w.disk.exit_code = 0;
  CHECK(w.gets_well(60));
}

TEST_CASE("checks: the same seed is the same run") {
  std::uint64_t hashes[2] = {};
  for (std::uint64_t& hash : hashes) {
    const sim_request request = request_for(9, "all", "5s");
    world_of_checks w(request);
    w.cluster().run();
    hash = w.cluster().report().trace_hash;
  }
  CHECK(hashes[0] == hashes[1]);
}

TEST_CASE("checks seeds 1 to 100") {
  run_seeds(1, 100);
}
TEST_CASE("checks seeds 101 to 200") {
  run_seeds(101, 200);
}

}  // namespace mw::tests

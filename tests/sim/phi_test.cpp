// phi_test: crashes are found, stalls of the observer are not taken for them.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::tests {
namespace {

constexpr std::size_t nodes = 4;

sim_request request_for(std::uint64_t seed, const std::string& faults = "none") {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/phi.yaml"};
  request.nodes = nodes;
  request.seed = seed;
  request.length = 120s;
  request.faults = faults;
  request.plugin_path = {MW_PLUGINS};
  return request;
}

double value_of(const sim_cluster& cluster, std::size_t node, const std::string& series) {
  const auto all = series_of(cluster.metrics(node), series.substr(0, series.find('{')));
  const auto at = all.find(series);
  return at == all.end() ? -1 : at->second;
}

double suspects(const sim_cluster& cluster, std::size_t node) {
  return value_of(cluster, node, "mw_discovery_phi_peers{level=\"suspect\"}");
}

double well(const sim_cluster& cluster, std::size_t node) {
  return value_of(cluster, node, "mw_discovery_phi_peers{level=\"none\"}");
}

double suspicions(const sim_cluster& cluster, std::size_t node) {
  return value_of(cluster, node, "mw_discovery_phi_suspicions_total");
}

TEST_CASE("phi: an observer that stalls suspects nobody when it wakes up") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const sim_request request = request_for(seed);
    const auto cluster = sim_cluster::make(request);
    REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
    sim_world& world = (*cluster)->world();
    world.run_for(20s);
    REQUIRE(well(**cluster, 0) == nodes - 1);
    for (const auto& [how, length] : {std::pair{sim_pause::process, duration(3s)},
                                      {sim_pause::process, duration(8s)},
                                      {sim_pause::process, duration(40s)},
                                      {sim_pause::machine, duration(8s)}}) {
      world.pause(world.node(0), how);
      world.run_for(length);
      world.resume(world.node(0));
      world.run_for(20s);
      CHECK_MESSAGE(suspicions(**cluster, 0) == 0, "seed ", seed);
    }
    CHECK(value_of(**cluster, 0, "mw_discovery_phi_stalls_total") >= 3);
    // The others did not hear it for longer than a healthy node is silent: that was true.
    for (std::size_t i = 1; i < nodes; ++i) CHECK(suspicions(**cluster, i) >= 1);
    world.run_for(90s);
    for (std::size_t i = 0; i < nodes; ++i) CHECK(well(**cluster, i) == nodes - 1);
  }
}

TEST_CASE("phi: a killed process is found at once, a dead machine by its silence") {
  const sim_request request = request_for(3);
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  sim_world& world = (*cluster)->world();
  world.run_for(20s);
  world.kill(world.node(2));
  world.run_for(1s);  // its address refuses connections
  for (const std::size_t i : {0, 1, 3}) CHECK(suspects(**cluster, i) == 1);
  world.restart(world.node(2));
  world.run_for(60s);
  for (std::size_t i = 0; i < nodes; ++i) CHECK(well(**cluster, i) == nodes - 1);

  world.crash(world.node(1));
  world.run_for(3s);
  for (const std::size_t i : {0, 2, 3}) CHECK(suspects(**cluster, i) == 0);
  world.run_for(3s);
  for (const std::size_t i : {0, 2, 3}) CHECK(suspects(**cluster, i) == 1);
}

TEST_CASE("phi: after faults everybody is well again, and the same seed is the same run") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    std::uint64_t hashes[2] = {};
    for (std::uint64_t& hash : hashes) {
      const sim_request request = request_for(seed, "network");
      const auto cluster = sim_cluster::make(request);
      REQUIRE(cluster.ok());
      (*cluster)->run();
      (*cluster)->world().run_for(90s);
      for (std::size_t i = 0; i < nodes; ++i)
        CHECK_MESSAGE(well(**cluster, i) == nodes - 1, "seed ", seed);
      hash = (*cluster)->report().trace_hash;
    }
    CHECK(hashes[0] == hashes[1]);
  }
}

}  // namespace
}  // namespace mw::tests

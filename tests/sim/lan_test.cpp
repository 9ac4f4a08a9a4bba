// lan_test: nodes on one network under faults: all are listed in the end, whatever the way.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

namespace mw::tests {
namespace {

constexpr std::array<const char*, 3> ways{"mdns", "beacon", "broadcast"};

sim_request request_for(std::uint64_t seed, const std::string& faults, duration length) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/lan.yaml"};
  request.nodes = 3;
  request.seed = seed;
  request.length = length;
  request.faults = faults;
  request.variables["LAN_KEY"] = "0123456789abcdef";
  request.plugin_path = {MW_PLUGINS};
  return request;
}

double value(const sim_cluster& cluster, std::size_t node, const std::string& name) {
  double sum = cluster.metrics(node).empty() ? -1 : 0;
  for (const auto& [series, number] : series_of(cluster.metrics(node), name)) sum += number;
  return sum;
}
double peers(const sim_cluster& cluster, std::size_t node, const char* way) {
  return value(cluster, node, std::string("mw_discovery_") + way + "_peers");
}

// What is wrong in the end; empty: nothing.
std::string run_seed(std::uint64_t seed, const std::string& faults) {
  const sim_request request = request_for(seed, faults, 240s);
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  (*cluster)->run();
  std::string wrong;
  for (std::size_t i = 0; i < request.nodes; ++i)
    for (const char* way : ways) {
      const std::string name = "n" + std::to_string(i + 1) + " by " + way;
      if (const double n = peers(**cluster, i, way); n != 2)
        wrong += "\n" + name + " sees " + std::to_string(n);
      const double sent = value(**cluster, i, std::string("mw_discovery_") + way + "_sent_total");
      if (sent > 240 * 4) wrong += "\n" + name + " sent " + std::to_string(sent);
    }
  if (wrong.empty()) return {};
  return wrong + "\nrepeat with: LAN_KEY=0123456789abcdef mw sim tests/sim/lan.yaml --nodes 3 " +
         "--seed " + std::to_string(seed) + " --faults " + faults + " --for 240s --log";
}

TEST_CASE("lan: three nodes find each other, and miss one that crashed or left") {
  const sim_request request = request_for(3, "none", 300s);
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  sim_world& world = (*cluster)->world();
  world.run_for(5s);
  for (const char* way : ways)
    for (std::size_t i = 0; i < 3; ++i) CHECK_MESSAGE(peers(**cluster, i, way) == 2, way);
  world.crash(world.node(1));
  world.run_for(6s);
  CHECK(peers(**cluster, 0, "beacon") == 1);
  CHECK(peers(**cluster, 0, "broadcast") == 1);
  world.run_for(120s);
  CHECK(peers(**cluster, 0, "mdns") == 1);
  world.restart(world.node(1));
  world.run_for(10s);
  for (const char* way : ways)
    for (std::size_t i = 0; i < 3; ++i) CHECK_MESSAGE(peers(**cluster, i, way) == 2, way);
}

TEST_CASE("lan: every fifth packet is lost, and nobody is") {
  const sim_request request = request_for(5, "none", 300s);
  const auto cluster = sim_cluster::make(request);
  REQUIRE(cluster.ok());
  sim_world& world = (*cluster)->world();
  world.network().set_links({.loss_ppm = 200'000});
  world.run_for(60s);
  for (int look = 0; look < 20; ++look) {
    world.run_for(10s);
    for (std::size_t i = 0; i < 3; ++i) CHECK(peers(**cluster, i, "mdns") == 2);
  }
}

TEST_CASE("lan: the same seed gives the same run") {
  std::array<std::uint64_t, 2> hashes{};
  for (std::uint64_t& hash : hashes) {
    const sim_request request = request_for(9, "all", 60s);
    const auto cluster = sim_cluster::make(request);
    REQUIRE(cluster.ok());
    (*cluster)->run();
    hash = (*cluster)->report().trace_hash;
  }
  CHECK(hashes[0] == hashes[1]);
}

// No faults of clocks: who is beyond clock_skew is ignored, which is what the option says.
TEST_CASE("lan seeds: faults of networks and processes") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const std::string wrong = run_seed(seed, seed % 2 == 0 ? "network" : "process");
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
  }
}

}  // namespace
}  // namespace mw::tests

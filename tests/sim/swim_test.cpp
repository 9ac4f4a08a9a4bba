// swim_test: whole members under faults: complete and accurate in the end, bounded all along.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace mw::tests {
namespace {

sim_request request_for(std::size_t nodes, std::uint64_t seed, const std::string& faults,
                        const std::string& wire, duration length) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/swim.yaml"};
  request.nodes = nodes;
  request.seed = seed;
  request.length = length;
  request.faults = faults;
  request.variables["WIRE"] = wire;
  request.plugin_path = {MW_PLUGINS};
  return request;
}

double value_of(const std::string& text, const std::string& series) {
  const auto all = series_of(text, series.substr(0, series.find('{')));
  const auto at = all.find(series);
  return at == all.end() ? -1 : at->second;
}

double alive(const sim_cluster& cluster, std::size_t node) {
  return value_of(cluster.metrics(node), "mw_swim_members{state=\"alive\"}");
}

// What is wrong in the end; empty: nothing. `wire` "signed": the native one, where members sign.
std::string run_seed(std::uint64_t seed, const std::string& faults, const std::string& wire) {
  constexpr std::size_t nodes = 5;
  const bool sign = wire == "signed";
  sim_request request = request_for(nodes, seed, faults, sign ? "native" : wire, 150s);
  if (sign) {
    request.files = {std::string(MW_SIM_TESTS) + "/swim_signed.yaml"};
    request.plugin_path.push_back(MW_TEST_PLUGINS);
  }
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  (*cluster)->run();
  std::string wrong;
  const sim_report report = (*cluster)->report();
  for (std::size_t i = 0; i < nodes; ++i) {
    const std::string text = (*cluster)->metrics(i);
    for (const std::string& one : report.nodes[i].endings) wrong += "\nended: " + one;
    if (const double n = alive(**cluster, i); n != nodes)
      wrong += "\n" + report.nodes[i].name + " sees " + std::to_string(n) + " alive";
    // A life sends at most a few packets for each probe and each piece of news.
    const double sent = value_of(text, "mw_swim_packets_sent_total");
    if (sent > 150 * 60) wrong += "\n" + report.nodes[i].name + " sent " + std::to_string(sent);
    for (const char* why : {"forged", "bare", "other_node", "card_denied", "card_unread"}) {
      const double n =
          value_of(text, std::string("mw_swim_claims_unbelieved_total{reason=\"") + why + "\"}");
      if (sign && n != 0) wrong += "\n" + report.nodes[i].name + " refused as " + why;
    }
    if (sign && value_of(text, "mw_swim_cards") < nodes - 1)
      wrong += "\n" + report.nodes[i].name + " does not know all cards";
  }
  if (wrong.empty()) return {};
  return wrong + "\nrepeat with: WIRE=" + wire + " mw sim tests/sim/swim.yaml --nodes 5 --seed " +
         std::to_string(seed) + " --faults " + faults + " --for 150s --log";
}

void run_seeds(std::uint64_t from, std::uint64_t to, const std::string& faults,
               const std::string& wire) {
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const std::string wrong = run_seed(seed, faults, wire);
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
  }
}

TEST_CASE("swim: 32 nodes of one file see each other within ten seconds") {
  const sim_request request = request_for(32, 5, "none", "native", 60s);
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  sim_world& world = (*cluster)->world();
  world.run_for(10s);
  for (std::size_t i = 0; i < 32; ++i) CHECK(alive(**cluster, i) == 32);
  // A crash without a trace is seen by all; a restart brings the node back.
  world.crash(world.node(7));
  world.run_for(25s);
  for (std::size_t i = 0; i < 32; ++i)
    if (i != 7) CHECK(alive(**cluster, i) == 31);
  world.restart(world.node(7));
  world.run_for(15s);
  for (std::size_t i = 0; i < 32; ++i) CHECK(alive(**cluster, i) == 32);
}

namespace {

// Whether the pools of four nodes of `file` are connected each to each.
bool pools_meet(const std::string& file) {
  sim_request request = request_for(4, 3, "none", "native", 30s);
  request.files = {std::string(MW_SIM_TESTS) + "/" + file};
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  (*cluster)->world().run_for(15s);
  std::size_t met = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    double peers = 0;
    for (const auto& [series, n] : series_of((*cluster)->metrics(i), "mw_pool_peers")) peers += n;
    const double idle = value_of((*cluster)->metrics(i), "mw_pool_connections{state=\"idle\"}");
    if (peers == 3 && idle >= 3) ++met;
    if (met == 0) CHECK(peers == 0);  // all or nobody
  }
  return met == 4;
}

}  // namespace

TEST_CASE("swim: pools dial what the gossip tells, without any list of addresses") {
  CHECK(pools_meet("mesh.yaml"));
}

TEST_CASE("swim: pools that listen everywhere are found where they advertise, and only then") {
  CHECK(pools_meet("mesh_wildcard.yaml"));
  CHECK_FALSE(pools_meet("mesh_silent.yaml"));
}

namespace {

// Nodes on one machine: each with its own port, `options` of each.
std::vector<std::string> node_files(const std::vector<std::string>& options) {
  std::vector<std::string> files;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string id = "n" + std::to_string(i + 1);
    files.push_back((std::filesystem::temp_directory_path() /
                     ("mw_swim_v6_" + std::to_string(::getpid()) + id + ".yaml"))
                        .string());
    std::ofstream(files.back()) << "node: { id: " << id << ", cluster: sim, data_dir: /data/" << id
                                << " }\nplugins:\n  swim: { use: discovery.swim, " << options[i]
                                << " }\n";
  }
  return files;
}

// All see all for a minute, a crash is seen, and nobody is suspected without a reason.
void check_family(const std::vector<std::string>& options) {
  sim_request request = request_for(0, 4, "none", "native", 200s);
  request.files = node_files(options);
  const auto cluster = sim_cluster::make(request);
  for (const std::string& file : request.files) std::filesystem::remove(file);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  sim_world& world = (*cluster)->world();
  world.run_for(60s);
  const auto n = static_cast<double>(options.size());
  for (std::size_t i = 0; i < options.size(); ++i) {
    CHECK(alive(**cluster, i) == n);
    CHECK(value_of((*cluster)->metrics(i), "mw_swim_deaths_total") == 0);
    CHECK(value_of((*cluster)->metrics(i), "mw_swim_suspicions_total") == 0);
  }
  world.crash(world.node(1));
  world.run_for(30s);
  for (std::size_t i = 0; i < options.size(); ++i)
    if (i != 1) CHECK(alive(**cluster, i) == n - 1);
}

}  // namespace

TEST_CASE("swim: members over IPv6") {
  const std::string seeds = ", seeds: [\"[::1]:7001\", \"[0:0::1]:7002\"]";
  std::vector<std::string> options;
  for (int i = 1; i <= 5; ++i)
    options.push_back("bind: \"[::1]:700" + std::to_string(i) + "\"" + seeds);
  check_family(options);
}

TEST_CASE("swim: members of both IP versions hold those of one version together") {
  const std::string seeds = ", seeds: [\"127.0.0.1:7003\", \"[::1]:8004\"]";
  check_family({"bind: \"127.0.0.1:7001\"" + seeds, "bind: \"[::1]:7002\"" + seeds,
                "bind: \"127.0.0.1:7003\", bind_also: \"[::1]:8003\"" + seeds,
                "bind: \"[::1]:8004\", bind_also: \"127.0.0.1:7004\"" + seeds,
                "bind: \"127.0.0.1:7005\", bind_also: \"[::1]:8005\"" + seeds});
}

TEST_CASE("swim: the same seed gives the same run, with signatures, too") {
  std::uint64_t hashes[4];
  for (std::uint64_t& hash : hashes) {
    const bool sign = &hash >= hashes + 2;
    sim_request request = request_for(5, 9, "all", "native", 60s);
    if (sign) {
      request.files = {std::string(MW_SIM_TESTS) + "/swim_signed.yaml"};
      request.plugin_path.push_back(MW_TEST_PLUGINS);
    }
    const auto cluster = sim_cluster::make(request);
    REQUIRE(cluster.ok());
    (*cluster)->run();
    hash = (*cluster)->report().trace_hash;
  }
  CHECK(hashes[0] == hashes[1]);
  CHECK(hashes[2] == hashes[3]);
}

TEST_CASE("swim seeds: network, native") {
  run_seeds(1, 70, "network", "native");
}
TEST_CASE("swim seeds: all, native") {
  run_seeds(101, 170, "all", "native");
}
TEST_CASE("swim seeds: all, signed") {
  run_seeds(301, 340, "all", "signed");
}
TEST_CASE("swim seeds: all, serf") {
  run_seeds(201, 260, "all", "serf");
}

}  // namespace
}  // namespace mw::tests

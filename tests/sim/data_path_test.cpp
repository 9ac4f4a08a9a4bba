// data_path_test: under network faults nothing acknowledged is lost, doubled or out of order.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::tests {
namespace {

constexpr std::size_t nodes = 3;

// One number of a node: the sum over the labels.
double sum_of(const std::string& text, const std::string& name) {
  double sum = 0;
  for (const auto& [series, value] : series_of(text, name)) sum += value;
  return sum;
}

struct sums {
  double acknowledged = 0;
  double audited = 0;
  double streams = 0;
};

// What is wrong with node `id` in the end; empty: nothing.
std::string wrong_with(const std::string& id, const std::string& text, sums& all) {
  std::string wrong;
  const auto zero = [&](const std::string& name, const char* meaning) {
    if (const double found = sum_of(text, name); found != 0)
      wrong += "\n" + id + ": " + meaning + ": " + name + " is " + std::to_string(found);
  };
  zero("mw_traffic_missing_total", "acknowledged and lost");
  zero("mw_traffic_doubled_total", "exactly once, and yet seen twice");
  zero("mw_traffic_disorder_total", "items out of place");
  zero("mw_calls_open", "a call leaked");
  zero("mw_router_waiting", "a request leaked");
  zero("mw_delivery_pending", "a delivery leaked");
  const double acknowledged = sum_of(text, "mw_traffic_acknowledged_total");
  const double audited = sum_of(text, "mw_traffic_audited_total");
  if (audited != acknowledged)
    wrong +=
        "\n" + id + ": " + std::to_string(audited) + " of " + std::to_string(acknowledged) +
        " acknowledged notes were audited: a peer does not answer after the network has healed";
  all.acknowledged += acknowledged;
  all.audited += audited;
  all.streams += sum_of(text, "mw_traffic_streams_total");
  return wrong;
}

std::string run_seed(const std::string& file, std::uint64_t seed, const std::string& faults,
                     sums& all) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/" + file};
  request.nodes = nodes;
  request.seed = seed;
  request.length = 60s;
  request.faults = faults;
  request.plugin_path = {MW_TEST_PLUGINS, MW_PLUGINS};
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  (*cluster)->run();
  const sim_report report = (*cluster)->report();
  std::string wrong;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (const std::string& one : report.nodes[i].endings) wrong += "\nended: " + one;
    if (!report.nodes[i].ready) wrong += "\n" + report.nodes[i].name + " is not ready in the end";
    wrong += wrong_with(report.nodes[i].name, (*cluster)->metrics(i), all);
  }
  if (wrong.empty()) return {};
  return wrong + "\nrepeat with: mw sim tests/sim/" + file + " --nodes 3 --seed " +
         std::to_string(seed) + " --faults " + faults +
         " --for 60s --log --plugin-path build/dev/test_plugins";
}

void run_seeds(std::uint64_t from, std::uint64_t to, const std::string& faults,
               const std::string& file = "data_path.yaml") {
  sums all;
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const std::string wrong = run_seed(file, seed, faults, all);
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
  }
  // The faults leave room for work: otherwise nothing was tested.
  const auto runs = static_cast<double>(to - from + 1);
  CHECK(all.acknowledged > 200 * runs);
  CHECK(all.audited == all.acknowledged);
  CHECK(all.streams > 3 * runs);
}

TEST_CASE("data path: sealed from end to end, with keys that change") {
  run_seeds(1, 2, "none", "sealed.yaml");
  run_seeds(201, 212, "network", "sealed.yaml");
}

TEST_CASE("data path: sealed runs of one seed are the same, byte for byte") {
  std::uint64_t hashes[2] = {};
  std::string counted[2];
  for (int run = 0; run < 2; ++run) {
    sim_request request;
    request.files = {std::string(MW_SIM_TESTS) + "/sealed.yaml"};
    request.nodes = nodes;
    request.seed = 7;
    request.length = 30s;
    request.faults = "network";
    request.plugin_path = {MW_TEST_PLUGINS, MW_PLUGINS};
    const auto cluster = sim_cluster::make(request);
    REQUIRE(cluster.ok());
    (*cluster)->run();
    hashes[run] = (*cluster)->report().trace_hash;
    counted[run] = (*cluster)->metrics(0);
    CHECK(sum_of(counted[run], "mw_sealer_opened_total") > 100);
    CHECK(sum_of(counted[run], "mw_sealer_rotations_total") > 0);
  }
  CHECK(hashes[0] == hashes[1]);
  CHECK(counted[0] == counted[1]);
}

TEST_CASE("data path: without faults") {
  run_seeds(1, 3, "none");
}

TEST_CASE("data path seeds 1 to 60") {
  run_seeds(1, 60, "network");
}
TEST_CASE("data path seeds 61 to 120") {
  run_seeds(61, 120, "network");
}

}  // namespace
}  // namespace mw::tests

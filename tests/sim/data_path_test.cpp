// data_path_test: under network faults nothing acknowledged is lost, doubled or out of order.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"
#include "data_path_run.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::tests {
namespace {

void run_seeds(std::uint64_t from, std::uint64_t to, const std::string& faults,
               const std::string& file = "data_path.yaml") {
  data_path_sums all;
  for (std::uint64_t seed = from; seed <= to; ++seed) {
    const std::string wrong = run_data_path({.file = file, .seed = seed, .faults = faults}, all);
    CHECK_MESSAGE(wrong.empty(), "seed ", seed, ": ", wrong);
  }
  // The faults leave room for work: otherwise nothing was tested.
  const auto runs = static_cast<double>(to - from + 1);
  CHECK(all.acknowledged > 200 * runs);
  CHECK(all.audited == all.acknowledged);
  CHECK(all.streams > 3 * runs);
  CHECK(all.answers > 200 * runs);
  CHECK(all.cancelled > 20 * runs);
  CHECK(all.chains > 3 * runs);
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
    request.nodes = 3;
    request.seed = 7;
    request.length = 30s;
    request.faults = "network";
    request.plugin_path = {MW_TEST_PLUGINS, MW_PLUGINS};
    const auto cluster = sim_cluster::make(request);
    REQUIRE(cluster.ok());
    (*cluster)->run();
    hashes[run] = (*cluster)->report().trace_hash;
    counted[run] = (*cluster)->metrics(0);
    CHECK(sum_of_series(counted[run], "mw_sealer_opened_total") > 100);
    CHECK(sum_of_series(counted[run], "mw_sealer_rotations_total") > 0);
  }
  CHECK(hashes[0] == hashes[1]);
  CHECK(counted[0] == counted[1]);
}

TEST_CASE("data path: two pools in one node count apart") {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/two_pools.yaml"};
  request.length = 5s;
  request.plugin_path = {MW_TEST_PLUGINS, MW_PLUGINS};
  const auto cluster = sim_cluster::make(request);
  REQUIRE_MESSAGE(cluster.ok(), cluster.error().text());
  (*cluster)->run();
  const std::string text = (*cluster)->metrics(0);
  for (const char* line : {"\nmw_pool_peers{plugin=\"near\"} ", "\nmw_pool_peers{plugin=\"far\"} ",
                           "\nmw_delivery_pending "})
    CHECK_MESSAGE(text.find(line) != std::string::npos, line);
  CHECK(text.find("\nmw_pool_peers ") == std::string::npos);
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

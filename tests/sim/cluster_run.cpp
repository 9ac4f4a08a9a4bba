// cluster_run: running, and checking safety during and liveness after the faults.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <charconv>
#include <string_view>
#include <vector>

namespace mw::tests {

namespace {

constexpr std::size_t nodes = 3;
constexpr std::string_view acknowledged = "mw_echo_probe_acknowledged_total";

std::string how_to_repeat(const cluster_run& run) {
  return "\nrepeat with: BUG=" + run.bug + " mw sim tests/sim/cluster.yaml --nodes 3 --seed " +
         std::to_string(run.seed) + " --faults " + run.faults + " --for " + to_string(run.length) +
         " --trace --plugin-path build/dev/test_plugins";
}

std::vector<double> acknowledged_by_node(const sim_cluster& cluster) {
  std::vector<double> counts;
  for (std::size_t i = 0; i < nodes; ++i)
    counts.push_back(metric_sum(cluster.metrics(i), std::string(acknowledged)));
  return counts;
}

}  // namespace

sim_request request_for(const cluster_run& run) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/cluster.yaml"};
  request.nodes = nodes;
  request.seed = run.seed;
  request.length = run.length;
  request.faults = run.faults;
  request.variables["BUG"] = run.bug;
  request.plugin_path = {MW_TEST_PLUGINS};
  return request;
}

double metric_sum(const std::string& text, const std::string& name) {
  double sum = 0;
  for (std::size_t at = text.find("\n" + name); at != std::string::npos;
       at = text.find("\n" + name, at + 1)) {
    const std::size_t end = text.find('\n', at + 1);
    const std::size_t space = text.rfind(' ', end) + 1;
    double value = 0;
    std::from_chars(text.data() + space, text.data() + std::min(end, text.size()), value);
    sum += value;
  }
  return sum;
}

std::string run_cluster(const cluster_run& run) {
  const sim_request request = request_for(run);
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  sim_world& world = (*cluster)->world();
  // After the faults a while for timeouts and restarts, then records have to flow.
  world.run_for((*cluster)->healed_at() + (run.length - (*cluster)->healed_at()) / 2);
  const std::vector<double> before = acknowledged_by_node(**cluster);
  (*cluster)->run();
  const std::vector<double> after = acknowledged_by_node(**cluster);
  const sim_report report = (*cluster)->report();
  std::string wrong;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (const std::string& one : report.nodes[i].endings)
      if (one.find("invariant broken") != std::string::npos) wrong += "\n" + one;
    if (!report.nodes[i].ready) wrong += "\n" + report.nodes[i].name + " is not ready in the end";
    if (after[i] <= before[i])
      wrong += "\n" + report.nodes[i].name + ": no records are kept any more";
  }
  return wrong.empty() ? wrong : wrong + how_to_repeat(run);
}

}  // namespace mw::tests

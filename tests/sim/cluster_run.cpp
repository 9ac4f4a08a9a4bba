// cluster_run: running, and checking safety during and liveness after the faults.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <charconv>
#include <string_view>
#include <vector>

namespace mw::tests {

namespace {

constexpr std::size_t nodes = 3;
const std::string acknowledged = "mw_echo_probe_acknowledged_total";

std::string how_to_repeat(const cluster_run& run) {
  return "\nrepeat with: BUG=" + run.bug + " mw sim tests/sim/cluster.yaml --nodes 3 --seed " +
         std::to_string(run.seed) + " --faults " + run.faults + " --for " + to_string(run.length) +
         " --trace --plugin-path build/dev/test_plugins";
}

using counts = std::map<std::string, double>;

std::vector<counts> acknowledged_by_node(const sim_cluster& cluster) {
  std::vector<counts> all;
  for (std::size_t i = 0; i < nodes; ++i)
    all.push_back(series_of(cluster.metrics(i), acknowledged));
  return all;
}

// Which peers of a node took no records between the two looks.
std::string stuck(const std::string& node, const counts& before, const counts& after) {
  std::string wrong;
  if (after.size() != nodes) wrong += "\n" + node + " does not know all its peers";
  for (const auto& [series, count] : after) {
    const auto earlier = before.find(series);
    if (earlier == before.end() || count <= earlier->second)
      wrong += "\n" + node + ": no records are kept any more: " + series;
  }
  return wrong;
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

std::map<std::string, double> series_of(const std::string& text, const std::string& name) {
  std::map<std::string, double> all;
  for (std::size_t at = text.find("\n" + name); at != std::string::npos;
       at = text.find("\n" + name, at + 1)) {
    const std::size_t end = std::min(text.find('\n', at + 1), text.size());
    const std::size_t space = text.rfind(' ', end);
    double value = 0;
    std::from_chars(text.data() + space + 1, text.data() + end, value);
    all[text.substr(at + 1, space - at - 1)] = value;
  }
  return all;
}

std::string run_cluster(const cluster_run& run) {
  const sim_request request = request_for(run);
  const auto cluster = sim_cluster::make(request);
  if (!cluster) return cluster.error().text();
  sim_world& world = (*cluster)->world();
  (void)world.network().cut(run.never_healed);
  // After the faults a while for timeouts and restarts, then records have to flow.
  const duration healed = (*cluster)->healed_at();
  world.run_for(healed + (run.length - healed) * 3 / 4);
  const std::vector<counts> before = acknowledged_by_node(**cluster);
  (*cluster)->run();
  const std::vector<counts> after = acknowledged_by_node(**cluster);
  const sim_report report = (*cluster)->report();
  std::string wrong;
  for (std::size_t i = 0; i < nodes; ++i) {
    for (const std::string& one : report.nodes[i].endings)
      if (one.find("invariant broken") != std::string::npos) wrong += "\n" + one;
    if (!report.nodes[i].ready) wrong += "\n" + report.nodes[i].name + " is not ready in the end";
    wrong += stuck(report.nodes[i].name, before[i], after[i]);
  }
  return wrong.empty() ? wrong : wrong + how_to_repeat(run);
}

}  // namespace mw::tests

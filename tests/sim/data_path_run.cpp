// data_path_run: reads the promises off the metrics of the probes, routing and pool.
// SPDX-License-Identifier: Apache-2.0
#include "data_path_run.h"

#include "cluster_run.h"

namespace mw::tests {
namespace {

constexpr std::size_t nodes = 3;
// Streams that were lost have been open for over 60 s by then, which the pool calls a leak.
constexpr duration length = 90s;

struct promise {
  const char* metric;
  const char* broken;  // what it means when it is not zero in the end
};
constexpr promise promises[] = {
    {"mw_traffic_missing_total", "acknowledged and lost"},
    {"mw_traffic_doubled_total", "exactly once, and yet seen twice"},
    {"mw_traffic_disorder_total", "items out of place"},
    {"mw_traffic_damaged_total", "bytes are not those that were sent"},
    {"mw_traffic_mistaken_total", "an answer to another question"},
    {"mw_traffic_too_deep_total", "a chain of calls beyond its limit"},
    {"mw_traffic_unsettled", "messages without an end"},
    {"mw_traffic_unended", "calls without an end"},
    {"mw_calls_open", "a call leaked"},
    {"mw_router_waiting", "a request leaked"},
    {"mw_delivery_pending", "a delivery leaked"},
    {"mw_pool_leaks_suspected", "a stream leaked"},
    {"mw_pool_reassembly_bytes", "memory of half a message leaked"},
    {"mw_pool_waiters", "a message waits for a peer that is there"},
    {"mw_pool_violations_total", "a peer that does nothing wrong was called a violator"},
};

// What is wrong with node `id` in the end; empty: nothing.
std::string wrong_with(const std::string& id, const std::string& text, data_path_sums& all) {
  std::string wrong;
  for (const promise& one : promises)
    if (const double found = sum_of_series(text, one.metric); found != 0)
      wrong += "\n" + id + ": " + one.broken + ": " + one.metric + " is " + std::to_string(found);
  const double acknowledged = sum_of_series(text, "mw_traffic_acknowledged_total");
  const double audited = sum_of_series(text, "mw_traffic_audited_total");
  if (audited != acknowledged)
    wrong +=
        "\n" + id + ": " + std::to_string(audited) + " of " + std::to_string(acknowledged) +
        " acknowledged notes were audited: a peer does not answer after the network has healed";
  if (const double last = sum_of_series(text, "mw_traffic_last_streams_total"); last != nodes - 1)
    wrong += "\n" + id + ": " + std::to_string(last) + " of " + std::to_string(nodes - 1) +
             " large streams came through after the network has healed";
  all.acknowledged += acknowledged;
  all.audited += audited;
  all.streams += sum_of_series(text, "mw_traffic_streams_total");
  all.answers += sum_of_series(text, "mw_traffic_answers_total");
  all.cancelled += sum_of_series(text, "mw_traffic_cancelled_total");
  all.chains += sum_of_series(text, "mw_traffic_chains_total");
  return wrong;
}

}  // namespace

double sum_of_series(const std::string& text, const std::string& name) {
  double sum = 0;
  for (const auto& [series, value] : series_of(text, name)) sum += value;
  return sum;
}

std::string run_data_path(const data_path_run& run, data_path_sums& all) {
  sim_request request;
  request.files = {std::string(MW_SIM_TESTS) + "/" + run.file};
  request.nodes = nodes;
  request.seed = run.seed;
  request.length = length;
  request.faults = run.faults;
  request.flags = run.flags;
  request.plugin_path = run.plugin_path;
  request.plugin_path.insert(request.plugin_path.end(), {MW_TEST_PLUGINS, MW_PLUGINS});
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
  std::string flags;
  for (const std::string& one : run.flags) flags += " --set " + one;
  for (const std::string& one : run.plugin_path) flags += " --plugin-path " + one;
  return wrong + "\nrepeat with: mw sim tests/sim/" + run.file + " --nodes 3 --seed " +
         std::to_string(run.seed) + " --faults " + run.faults + " --for " + to_string(length) +
         " --log" + flags + " --plugin-path build/dev/test_plugins";
}

}  // namespace mw::tests

// cluster_run: one run of a cluster of probes under faults, and what is wrong with its outcome.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sim_cluster.h>

#include <cstdint>
#include <string>

namespace mw::tests {

struct cluster_run {
  std::uint64_t seed = 1;
  std::string bug = "none";
  std::string faults = "all";
  duration length = 12s;
};

// Three nodes of cluster.yaml.
[[nodiscard]] sim_request request_for(const cluster_run& run);

// Empty when all invariants held, all nodes were ready in the end and records went on flowing after
// the faults. Otherwise what failed, with the command that repeats it.
[[nodiscard]] std::string run_cluster(const cluster_run& run);

// The sum of a counter over its series in Prometheus text.
[[nodiscard]] double metric_sum(const std::string& text, const std::string& name);

}  // namespace mw::tests

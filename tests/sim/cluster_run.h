// cluster_run: one run of a cluster of probes under faults, and what is wrong with its outcome.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sim_cluster.h>

#include <cstdint>
#include <map>
#include <string>

namespace mw::tests {

struct cluster_run {
  std::uint64_t seed = 1;
  std::string bug = "none";
  std::string faults = "all";
  duration length = 14s;
  sim_cut never_healed;  // paths that stay cut, to see that this is noticed
};

// Three nodes of cluster.yaml.
[[nodiscard]] sim_request request_for(const cluster_run& run);

// Empty when all invariants held, all nodes were ready in the end and records flowed from each node
// to each peer after the faults. Otherwise what failed, with the command that repeats it.
[[nodiscard]] std::string run_cluster(const cluster_run& run);

// The series of a counter in Prometheus text, with its values.
[[nodiscard]] std::map<std::string, double> series_of(const std::string& text,
                                                      const std::string& name);

}  // namespace mw::tests

// data_path_run: one run of three nodes that send everything to each other, and what went wrong.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sim_cluster.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mw::tests {

struct data_path_run {
  std::string file = "data_path.yaml";
  std::uint64_t seed = 1;
  std::string faults = "network";
  std::vector<std::string> flags;        // like `--set`
  std::vector<std::string> plugin_path;  // searched before the plug-ins of the build
};

// What the probes did, so that a test can tell that there was work.
struct data_path_sums {
  double acknowledged = 0;
  double audited = 0;
  double streams = 0;
  double answers = 0;
  double cancelled = 0;
  double chains = 0;
};

// Empty when every promise was kept: nothing acknowledged is lost or doubled, nothing is out of
// order or damaged, every call and message comes to one end, no table holds anything in the end,
// nodes that follow the protocol never call each other violators, and the healed network works.
// Otherwise what failed, with the command that repeats it. Adds to `all`.
[[nodiscard]] std::string run_data_path(const data_path_run& run, data_path_sums& all);

// A metric of one node, summed over its labels.
[[nodiscard]] double sum_of_series(const std::string& text, const std::string& name);

}  // namespace mw::tests

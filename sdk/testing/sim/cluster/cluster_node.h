// cluster_node: one node of a cluster: its composition, and the runtime of each of its lives.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cluster/cluster_log.h"
#include "compose/compose.h"
#include "node/node_runtime.h"

#include <mw/sim_cluster.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::sim {

class cluster_program;

// Stays over restarts; its program is the node's.
class cluster_node {
 public:
  cluster_node(log_target target, std::string path, kernel::composition composed);
  cluster_node(const cluster_node&) = delete;
  cluster_node& operator=(const cluster_node&) = delete;

  // Adds itself to the world and boots.
  void join(const std::string& address, const std::map<std::string, std::string>& disk_files);
  [[nodiscard]] sim_node_report report() const;
  [[nodiscard]] std::string metrics() const;
  [[nodiscard]] const std::string& name() const { return composed_.node.id; }

 private:
  friend class cluster_program;

  std::unique_ptr<sim_program> boot(kernel::platform& on);
  void phase_changed(node_phase phase);
  void ended(status outcome);

  log_target target_;
  const std::string path_;
  const kernel::composition composed_;
  sim_node* node_ = nullptr;
  cluster_program* program_ = nullptr;  // of the present life; null while it is down
  std::size_t lives_ = 0;
  std::optional<duration> ready_at_;
  std::vector<std::string> endings_;
};

}  // namespace mw::sim

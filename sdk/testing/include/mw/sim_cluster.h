// sim_cluster: nodes composed from their production YAML, run in one simulated world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/node_services.h>
#include <mw/sim.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mw {

struct sim_request {
  std::vector<std::string> files;  // a node each; or one file for all `nodes`
  // Zero: one node a file, and all share 127.0.0.1 like processes on one machine. Otherwise so many
  // nodes of the one file: n1, n2 ... at 10.0.0.1, 10.0.0.2 ..., each with a loopback of its own
  // and NODE_ID, NODE_INDEX and NODE_ADDRESS in its variables.
  std::size_t nodes = 0;
  std::uint64_t seed = 1;
  duration length = 60s;
  std::string faults = "none";  // a profile of sim_fault_profiles()
  std::map<std::string, std::string, std::less<>> variables;
  std::vector<std::string> flags;  // like `--set`
  std::vector<std::string> plugin_path;
  std::map<std::string, std::string> disk_files;  // on every node's disk from the beginning
  // Gets the nodes' log lines, and with `trace` every event of the world. May be empty.
  function<void(std::string_view line)> log;
  bool trace = false;
};

struct sim_node_report {
  std::string name;
  std::string file;
  std::size_t lives = 0;             // boots
  bool ready = false;                // at the end
  std::optional<duration> ready_at;  // for the first time
  std::vector<std::string> endings;  // why it ended by itself, each with the time
  std::vector<plugin_status> plugins;
};

struct sim_report {
  std::uint64_t seed = 0;
  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  duration virtual_time{};
  std::vector<sim_node_report> nodes;
  std::vector<std::pair<std::string, std::uint64_t>> faults;  // that fired, with counts
  std::vector<std::string> plan;                              // what was planned, in order
};

// For people. The line "trace hash: ..." is what two runs are compared by.
[[nodiscard]] std::string to_string(const sim_report& report);

// Runs warm-up, faults, healing and a quiet rest. `invalid`: mistakes in the files, all of them in
// the text, or nodes that cannot be simulated.
[[nodiscard]] result<sim_report> run_simulation(const sim_request& request);

// The same step by step, for tests that look inside. `request` outlives the cluster.
class sim_cluster {
 public:
  static result<std::unique_ptr<sim_cluster>> make(const sim_request& request);
  sim_cluster(const sim_cluster&) = delete;
  sim_cluster& operator=(const sim_cluster&) = delete;
  ~sim_cluster();

  [[nodiscard]] sim_world& world();
  // When the plan's faults are over.
  [[nodiscard]] duration healed_at() const;
  void run();  // until the end of request.length
  [[nodiscard]] sim_report report() const;
  // A node's metrics as Prometheus text; empty while it is down.
  [[nodiscard]] std::string metrics(std::size_t node) const;

 private:
  class state;
  explicit sim_cluster(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace mw

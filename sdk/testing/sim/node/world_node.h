// world_node: a machine, the lives its node has had, and the program of the present one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "machine.h"
#include "net/network.h"
#include "process.h"

#include <mw/sim.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mw::sim {

class world_node final : public sim_node {
 public:
  world_node(engine& events, network& net, const sim_node_options& options, std::size_t index);
  world_node(const world_node&) = delete;
  world_node& operator=(const world_node&) = delete;

  [[nodiscard]] const std::string& name() const override { return machine_.name; }
  [[nodiscard]] std::size_t index() const override { return machine_.index; }
  [[nodiscard]] const std::string& address() const override;
  [[nodiscard]] kernel::platform& platform() override { return *lives_.back(); }
  [[nodiscard]] bool running() const override { return lives_.back()->running(); }
  void boot(sim_boot program) override;
  [[nodiscard]] sim_disk& disk() override { return machine_.disk; }

  void on_command(const std::string& path, sim_command_script script) override {
    machine_.commands.insert_or_assign(path, std::move(script));
  }

  void end(sim_end how);
  void restart();
  void pause(sim_pause how);
  void resume();
  void jump_wall_clock(duration by);
  void set_drift(std::int32_t ppm);
  [[nodiscard]] disk_state& hard_disk() { return machine_.disk; }

 private:
  void start();

  machine machine_;
  network& network_;
  const std::size_t lanes_;
  sim_boot boot_;
  // Events that are still queued refer to former lives, so these stay until the world ends.
  std::vector<std::unique_ptr<process>> lives_;
  std::unique_ptr<sim_program> program_;
};

}  // namespace mw::sim

// process: one life of a node, from boot to its end; the platform that its program runs on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command_desk.h"
#include "disk/process_files.h"
#include "lane.h"
#include "machine.h"
#include "net/name_desk.h"
#include "platform/platform.h"
#include "work_desk.h"

#include <memory>
#include <span>
#include <vector>

namespace mw::sim {

class network;

class process final : public kernel::platform {
 public:
  process(machine& on, network& net, std::size_t lanes);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  [[nodiscard]] std::size_t lane_count() const override { return lanes_.size(); }
  [[nodiscard]] kernel::lane_platform& lane(std::size_t index) override {
    return *lanes_.at(index);
  }
  [[nodiscard]] std::uint64_t seed() const override {
    return hash_mix(seed_, hash_text("plug-ins"));
  }
  void secure_bytes(std::span<std::byte> out) override;
  void stop() override { stopped_ = true; }
  [[nodiscard]] bool simulated() const override { return true; }

  // Nothing happens to it or by it from now on; its objects are only destroyed.
  void die();
  void set_paused(bool paused);
  void clock_changed();

  [[nodiscard]] bool alive() const { return alive_; }
  [[nodiscard]] bool may_turn() const { return alive_ && !stopped_ && !paused_; }
  [[nodiscard]] bool running() const { return alive_ && !stopped_; }
  [[nodiscard]] machine& on() const { return machine_; }
  [[nodiscard]] engine& events() const { return machine_.events; }
  [[nodiscard]] mw::sim::network& net() const { return network_; }
  [[nodiscard]] std::uint32_t life() const { return life_; }
  [[nodiscard]] process_files& files() { return files_; }
  [[nodiscard]] work_table& works() { return works_; }
  [[nodiscard]] name_table& names() { return names_; }
  [[nodiscard]] command_table& commands() { return commands_; }
  [[nodiscard]] dice& scheduling() { return scheduling_; }

 private:
  machine& machine_;
  mw::sim::network& network_;
  const std::uint32_t life_;
  const std::uint64_t seed_;
  dice secure_;
  dice scheduling_;
  std::vector<std::unique_ptr<mw::sim::lane>> lanes_;
  process_files files_{*this};
  work_table works_;
  name_table names_;
  command_table commands_;
  bool alive_ = true;
  bool stopped_ = false;
  bool paused_ = false;
};

}  // namespace mw::sim

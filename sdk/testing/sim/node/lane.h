// lane: one simulated thread with its loop; turns happen a little after what caused them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/task.h"
#include "platform/platform.h"

#include <cstddef>
#include <memory>
#include <vector>

namespace mw::sim {

class process;

class lane final : public kernel::lane_platform {
 public:
  lane(process& owner, std::size_t index) : process_(owner), index_(index) {}

  void attach(kernel::lane_hooks& hooks) override;
  [[nodiscard]] time_point now() const override;
  [[nodiscard]] wall_time wall_now() const override;
  [[nodiscard]] time_point precise_now() const override { return now(); }
  void wake() override;
  [[nodiscard]] std::unique_ptr<kernel::plugin_services> services_for(
      const kernel::plugin_scope& scope) override;

  // Handles of a process that ended do nothing any more, they are only destroyed.
  [[nodiscard]] bool alive() const;
  [[nodiscard]] process& home() const { return process_; }
  [[nodiscard]] bool in_turn() const { return in_turn_; }

  // Runs `item` at the beginning of a turn soon; independent items in any order.
  void ready(task& item);
  // Runs `item` at the end of this turn, or of the next one: its writes leave.
  void leaving(task& item);
  // Room for one callback's bytes; callbacks do not nest.
  [[nodiscard]] std::vector<std::byte>& scratch() { return scratch_; }

  // The clock changed its rate, or the process runs again: look at everything anew.
  void reconsider();

 private:
  void turn();
  void run_turn();
  void deadline_due(duration at);
  void schedule_deadline();

  process& process_;
  const std::size_t index_;
  kernel::lane_hooks* hooks_ = nullptr;
  bool turn_scheduled_ = false;
  bool in_turn_ = false;
  time_point turn_now_{};
  duration deadline_event_ = duration::max();  // the earliest one in the queue
  task_list ready_;
  task_list leaving_;
  std::vector<std::byte> scratch_;
};

}  // namespace mw::sim

// lane: one thread's share of a node: its turns, timers and posted functions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "lane/timer_queue.h"
#include "platform/platform.h"

#include <mw/time.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace mw::kernel {

// Delivers what was published; implemented by the event bus. Returns how many events still wait.
class turn_delivery {
 public:
  virtual std::size_t drain(std::size_t lane) = 0;

 protected:
  ~turn_delivery() = default;
};

// All calls belong to the lane's thread except post(). Outlives every plug-in on it.
class lane final : public lane_hooks {
 public:
  // How often a turn delivers events that handlers published before it lets I/O have its say.
  static constexpr int max_rounds = 16;

  lane(std::size_t index, lane_platform& platform);

  void deliver_with(turn_delivery& delivery) { delivery_ = &delivery; }

  void turn() override;
  [[nodiscard]] std::optional<time_point> next_deadline() const override;

  // From any thread: runs `task` in a later turn. Tasks are bounded by their callers: each has at
  // most one post under way per handle.
  void post(function<void()> task);
  // Destroys what was posted and has not run: the node ends in the middle of something.
  void drop_posted();
  void at_turn_end(function<void()> callback) { at_end_.push_back(std::move(callback)); }
  [[nodiscard]] timer make_timer(function<void()> fire, bool periodic, std::int64_t& ledger_cell);

  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] lane_platform& outside() { return platform_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] std::uint64_t turns() const { return turns_.load(std::memory_order_relaxed); }

 private:
  void run_posted();
  void run_turn_end();

  lane_platform& platform_;
  std::size_t index_;
  turn_delivery* delivery_ = nullptr;
  time_point now_;
  timer_queue timers_;
  std::vector<function<void()>> at_end_;
  std::vector<function<void()>> ending_;
  std::vector<function<void()>> running_;
  std::atomic<std::uint64_t> turns_{0};
  std::mutex posted_mutex_;
  std::vector<function<void()>> posted_;  // guarded by posted_mutex_
};

}  // namespace mw::kernel

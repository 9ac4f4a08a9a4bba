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
#include <string>
#include <vector>

namespace mw::kernel {

// Delivers what was published; implemented by the event bus. Returns how many events still wait.
class turn_delivery {
 public:
  virtual std::size_t drain(std::size_t lane) = 0;

 protected:
  ~turn_delivery() = default;
};

// Who runs on a lane right now, for the watchdog. Setting it costs two plain stores.
class lane_occupant {
 public:
  // `name` outlives the occupation.
  lane_occupant(std::atomic<const std::string*>& at, const std::string& name)
      : at_(at), before_(at.load(std::memory_order_relaxed)) {
    // The watchdog's thread reads the name behind the pointer.
    at_.store(&name, std::memory_order_release);
  }
  lane_occupant(const lane_occupant&) = delete;
  lane_occupant& operator=(const lane_occupant&) = delete;
  ~lane_occupant() { at_.store(before_, std::memory_order_release); }

 private:
  std::atomic<const std::string*>& at_;
  const std::string* before_;
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
  // `owner` is the name that the watchdog gives when the callback does not return; it outlives the
  // timer.
  [[nodiscard]] timer make_timer(function<void()> fire, bool periodic, std::int64_t& ledger_cell,
                                 const std::string* owner = nullptr);

  [[nodiscard]] time_point now() const { return now_; }
  [[nodiscard]] lane_platform& outside() { return platform_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] lane_occupant occupy(const std::string& plugin) { return {occupant_, plugin}; }
  // From any thread: the name of the plug-in whose code runs now, or null.
  [[nodiscard]] const std::string* occupant() const {
    return occupant_.load(std::memory_order_acquire);
  }
  // From any thread.
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
  std::atomic<const std::string*> occupant_{nullptr};
  std::mutex posted_mutex_;
  std::vector<function<void()>> posted_;  // guarded by posted_mutex_
};

}  // namespace mw::kernel

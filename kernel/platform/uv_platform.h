// uv_platform: the real world of one node: lanes on libuv loops, worker threads and signals.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace mw::kernel {

class uv_lane;
class uv_signals;
class worker_pool;
struct platform_counters;
struct platform_shared;

// Made and destroyed by the thread that calls run(). Services and all handles go before the
// platform.
class uv_platform final : public platform {
 public:
  // `busy_poll`: how long a lane looks again after I/O before it sleeps; zero: not at all.
  explicit uv_platform(std::size_t lanes, duration busy_poll = {});
  uv_platform(const uv_platform&) = delete;
  uv_platform& operator=(const uv_platform&) = delete;
  ~uv_platform();

  // Runs lane 0 on this thread and the others on their own until stop(), which may come first.
  void run();
  // Calls `handler` in a turn of lane 0 for each signal `number`; replaces an earlier handler.
  // On the thread of lane 0.
  void on_signal(int number, std::function<void(int)> handler);

  [[nodiscard]] std::size_t lane_count() const override { return lanes_.size(); }
  [[nodiscard]] lane_platform& lane(std::size_t index) override;
  [[nodiscard]] std::uint64_t seed() const override { return seed_; }
  void secure_bytes(std::span<std::byte> out) override;
  void stop() override;
  [[nodiscard]] bool simulated() const override { return false; }

  [[nodiscard]] const platform_counters& counters() const;

 private:
  std::uint64_t seed_ = 0;
  std::unique_ptr<platform_shared> shared_;
  // Lanes wait for their last jobs when destroyed, so the pools outlive them.
  std::unique_ptr<worker_pool> file_workers_;
  std::unique_ptr<worker_pool> work_workers_;
  std::vector<std::unique_ptr<uv_lane>> lanes_;
  std::unique_ptr<uv_signals> signals_;
};

}  // namespace mw::kernel

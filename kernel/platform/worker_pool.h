// worker_pool: a few threads that run jobs off the lanes, oldest first.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mw::kernel {

class lane_job;
class uv_lane;

// Threads start with the first jobs and end with the pool. Callers bound what they submit.
class worker_pool {
 public:
  explicit worker_pool(std::size_t threads) : thread_limit_(threads) {}
  worker_pool(const worker_pool&) = delete;
  worker_pool& operator=(const worker_pool&) = delete;
  ~worker_pool();  // finishes what was submitted

  // From any thread. When run() is over the job goes back to `home`.
  void submit(uv_lane& home, std::unique_ptr<lane_job> job);

 private:
  struct entry {
    uv_lane* home;
    std::unique_ptr<lane_job> job;
  };
  void work();

  const std::size_t thread_limit_;
  std::mutex mutex_;
  std::condition_variable wakeup_;
  std::deque<entry> waiting_;
  std::size_t idle_ = 0;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mw::kernel

// worker_pool: a few threads that run jobs off the lanes, oldest first.
// SPDX-License-Identifier: Apache-2.0
#include "worker_pool.h"

#include "signals_blocked.h"
#include "uv_lane.h"

namespace mw::kernel {

worker_pool::~worker_pool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wakeup_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void worker_pool::submit(uv_lane& home, std::unique_ptr<lane_job> job) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back({&home, std::move(job)});
  if (idle_ < waiting_.size() && threads_.size() < thread_limit_) {
    const signals_blocked inherited;
    threads_.emplace_back([this] { work(); });
  }
  wakeup_.notify_one();
}

void worker_pool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wakeup_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    entry next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    next.job->run();
    next.home->job_done(std::move(next.job));
    lock.lock();
  }
}

}  // namespace mw::kernel

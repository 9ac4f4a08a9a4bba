// uv_platform: the real world of one node: lanes on libuv loops, worker threads and signals.
// SPDX-License-Identifier: Apache-2.0
#include "uv_platform.h"

#include "signals_blocked.h"
#include "uv_lane.h"
#include "uv_services.h"
#include "uv_signals.h"
#include "worker_pool.h"

#include <mw/assert.h>

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <thread>

namespace mw::kernel {

namespace {

constexpr std::size_t file_threads =
    4;  // more disks than that rarely hide behind one data directory

}  // namespace

uv_platform::uv_platform(std::size_t lanes, duration busy_poll)
    : shared_(std::make_unique<platform_shared>()) {
  // A reader of our output that goes away must not end the node; writes report it.
  (void)std::signal(SIGPIPE, SIG_IGN);
  secure_bytes(std::as_writable_bytes(std::span(&seed_, 1)));
  shared_->started_ns = uv_hrtime();
  shared_->busy_poll = busy_poll;
  const std::size_t cores = std::max(2U, std::thread::hardware_concurrency());
  file_workers_ = std::make_unique<worker_pool>(file_threads);
  work_workers_ = std::make_unique<worker_pool>(std::min<std::size_t>(cores, 16));
  shared_->files = file_workers_.get();
  shared_->work = work_workers_.get();
  for (std::size_t i = 0; i < std::max<std::size_t>(lanes, 1); ++i)
    lanes_.push_back(std::make_unique<uv_lane>(*shared_));
  signals_ = std::make_unique<uv_signals>(*lanes_.front());
}

uv_platform::~uv_platform() = default;

void uv_platform::run() {
  std::vector<std::thread> others;
  {
    // Signals go to lane 0, whose handlers decide; the other lanes inherit a full mask.
    const signals_blocked inherited;
    for (std::size_t i = 1; i < lanes_.size(); ++i)
      others.emplace_back([this, i] { lanes_[i]->run(); });
  }
  lanes_.front()->run();
  for (std::thread& other : others) other.join();
}

void uv_platform::on_signal(int number, std::function<void(int)> handler) {
  signals_->on(number, std::move(handler));
}

lane_platform& uv_platform::lane(std::size_t index) {
  MW_ASSERT(index < lanes_.size(), "lanes are counted from zero");
  return *lanes_[index];
}

void uv_platform::secure_bytes(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t count = ::getrandom(out.data(), out.size(), 0);
    MW_ASSERT(count > 0 || errno == EINTR, "without randomness there are no keys");
    if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
  }
}

void uv_platform::stop() {
  for (const auto& lane : lanes_) lane->stop();
}

const platform_counters& uv_platform::counters() const {
  return shared_->counters;
}

std::unique_ptr<plugin_services> uv_lane::services_for(const plugin_scope& scope) {
  return std::make_unique<uv_services>(std::make_shared<uv_scope>(uv_scope{*this, scope}));
}

}  // namespace mw::kernel

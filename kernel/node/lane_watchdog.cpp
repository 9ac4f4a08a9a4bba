// lane_watchdog: samples turn counters; no clock is read on the lanes.
// SPDX-License-Identifier: Apache-2.0
#include "node/lane_watchdog.h"

namespace mw::kernel {
namespace {

constexpr duration sample = 100ms;

}  // namespace

lane_watchdog::lane_watchdog(std::vector<const lane*> lanes, function<void(const finding&)> report)
    : report_(std::move(report)) {
  for (const lane* one : lanes) lanes_.push_back({.at = one, .turns = one->turns()});
  thread_ = std::thread([this] { run(); });
}

lane_watchdog::~lane_watchdog() {
  {
    const std::lock_guard lock(mutex_);
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void lane_watchdog::run() {
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, sample, [this] { return end_; }))
    for (watched& one : lanes_) look(one);
}

void lane_watchdog::look(watched& one) {
  const std::uint64_t turns = one.at->turns();
  if (turns != one.turns || turns == 0) {  // zero: the node has not begun
    one.turns = turns;
    one.unchanged = 0;
    if (one.reported) report_({one.at->index(), one.held_by, true});
    one.reported = false;
    return;
  }
  if (one.reported || ++one.unchanged * sample < patience) return;
  const std::string* name = one.at->occupant();
  one.held_by = name != nullptr ? *name : std::string();
  one.reported = true;
  report_({one.at->index(), one.held_by, false});
}

}  // namespace mw::kernel

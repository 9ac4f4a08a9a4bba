// lane: the order of things within a turn.
// SPDX-License-Identifier: Apache-2.0
#include "lane/lane.h"

namespace mw::kernel {
namespace {

// A timer that shows up in its plug-in's ledger.
class ledger_timer final : public timer_handle {
 public:
  ledger_timer(timer_queue& queue, const time_point& now, function<void()> fire, bool periodic,
               std::int64_t& cell)
      : entry_(cell), timer_(queue, now, std::move(fire), periodic) {}

  void arm(duration delay) override { timer_.arm(delay); }
  void cancel() override { timer_.cancel(); }
  [[nodiscard]] bool armed() const override { return timer_.armed(); }

 private:
  ledger_entry entry_;
  queued_timer timer_;
};

}  // namespace

lane::lane(std::size_t index, lane_platform& platform)
    : platform_(platform), index_(index), now_(platform.now()) {
  platform_.attach(*this);
}

timer lane::make_timer(function<void()> fire, bool periodic, std::int64_t& ledger_cell,
                       const std::string* owner) {
  if (owner != nullptr) {
    fire = [this, owner, named = std::move(fire)] {
      const lane_occupant here = occupy(*owner);
      named();
    };
  }
  return std::make_unique<ledger_timer>(timers_, now_, std::move(fire), periodic, ledger_cell);
}

std::optional<time_point> lane::next_deadline() const {
  return timers_.next();
}

void lane::post(function<void()> task) {
  {
    const std::lock_guard lock(posted_mutex_);
    posted_.push_back(std::move(task));
  }
  platform_.wake();
}

void lane::turn() {
  turns_.fetch_add(1, std::memory_order_relaxed);
  now_ = platform_.now();
  run_posted();
  timers_.fire_due(now_);
  // Handlers publish too, and turn-end callbacks may; go round until quiet, but not forever: I/O
  // waits.
  for (int round = 0; round < max_rounds; ++round) {
    const std::size_t waiting = delivery_ != nullptr ? delivery_->drain(index_) : 0;
    const bool was_quiet = at_end_.empty();
    run_turn_end();
    if (waiting == 0 && was_quiet) return;
  }
  platform_.wake();
}

void lane::run_posted() {
  {
    const std::lock_guard lock(posted_mutex_);
    running_.swap(posted_);
  }
  for (function<void()>& task : running_) task();
  running_.clear();
}

void lane::drop_posted() {
  // What is destroyed here may post again: that is nobody's business any more either.
  for (bool more = true; more;) {
    std::vector<function<void()>> dropped;
    {
      const std::lock_guard lock(posted_mutex_);
      dropped.swap(posted_);
    }
    more = !dropped.empty();
  }
}

void lane::run_turn_end() {
  ending_.swap(at_end_);
  for (function<void()>& callback : ending_) callback();
  ending_.clear();
}

}  // namespace mw::kernel

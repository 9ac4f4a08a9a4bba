// timer_queue: a binary heap whose entries know their owners, so that cancelling is cheap.
// SPDX-License-Identifier: Apache-2.0
#include "lane/timer_queue.h"

#include <mw/assert.h>

#include <algorithm>

namespace mw::kernel {

std::size_t timer_queue::fire_due(time_point now) {
  // Only what was armed before this call: a callback that arms a zero timer must not keep us here.
  const std::uint64_t first_new = sequence_;
  std::size_t fired = 0;
  while (!heap_.empty() && heap_.front().deadline <= now && heap_.front().sequence < first_new) {
    queued_timer& due = *heap_.front().owner;
    erase(due);
    due.fire();
    ++fired;
  }
  return fired;
}

std::optional<time_point> timer_queue::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().deadline;
}

void timer_queue::insert(queued_timer& timer, time_point deadline) {
  timer.index_ = heap_.size();
  heap_.push_back({deadline, sequence_++, &timer});
  sift_up(timer.index_);
}

void timer_queue::erase(queued_timer& timer) {
  const std::size_t hole = timer.index_;
  MW_ASSERT(hole < heap_.size() && heap_[hole].owner == &timer, "an armed timer knows its place");
  timer.index_ = queued_timer::nowhere;
  const entry last = heap_.back();
  heap_.pop_back();
  if (hole == heap_.size()) return;
  place(hole, last);
  sift_up(hole);
  sift_down(last.owner->index_);
}

void timer_queue::place(std::size_t index, const entry& moved) {
  heap_[index] = moved;
  moved.owner->index_ = index;
}

void timer_queue::sift_up(std::size_t index) {
  const entry moved = heap_[index];
  while (index > 0 && moved.before(heap_[(index - 1) / 2])) {
    place(index, heap_[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  place(index, moved);
}

void timer_queue::sift_down(std::size_t index) {
  const entry moved = heap_[index];
  for (;;) {
    std::size_t child = 2 * index + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(moved)) break;
    place(index, heap_[child]);
    index = child;
  }
  place(index, moved);
}

queued_timer::~queued_timer() {
  if (destroyed_ != nullptr) *destroyed_ = true;
  cancel();
}

void queued_timer::arm(duration delay) {
  cancel();
  delay = std::max(delay, duration::zero());
  // A period of zero would fire in every turn without end; one microsecond is as often as anyone
  // means.
  period_ = periodic_ ? std::max(delay, duration(1us)) : delay;
  // Saturate: "in 290 years" is a way to say "never".
  const duration room = duration::max() - now_.since_start;
  queue_.insert(*this, now_ + std::min(period_, room));
}

void queued_timer::cancel() {
  if (armed()) queue_.erase(*this);
}

void queued_timer::fire() {
  if (periodic_) queue_.insert(*this, now_ + period_);
  bool destroyed = false;
  destroyed_ = &destroyed;
  function<void()> running = std::move(fire_);  // survives the timer's end inside the call
  running();
  if (destroyed) return;
  destroyed_ = nullptr;
  fire_ = std::move(running);
}

}  // namespace mw::kernel

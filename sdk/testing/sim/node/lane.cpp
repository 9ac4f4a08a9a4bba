// lane: when turns happen, and what happens in them.
// SPDX-License-Identifier: Apache-2.0
#include "lane.h"

#include "net/network.h"
#include "process.h"
#include "services.h"

#include <mw/assert.h>

namespace mw::sim {

namespace {

// From the cause of a turn to the turn: long enough for causes to gather, and for time to pass when
// a program wakes itself again and again.
constexpr duration turn_delay_min = 1us;
constexpr duration turn_delay_max = 10us;
constexpr std::uint32_t jump_queue_ppm = 200'000;

}  // namespace

void lane::attach(kernel::lane_hooks& hooks) {
  MW_ASSERT(hooks_ == nullptr, "a lane is attached once");
  hooks_ = &hooks;
  wake();
}

time_point lane::now() const {
  return in_turn_ ? turn_now_ : process_.on().clock.mono(process_.events().now());
}

wall_time lane::wall_now() const {
  return process_.on().clock.wall(process_.events().now());
}

bool lane::alive() const {
  return process_.alive();
}

std::unique_ptr<kernel::plugin_services> lane::services_for(const kernel::plugin_scope& scope) {
  return make_services(*this, scope);
}

void lane::wake() {
  if (turn_scheduled_ || !process_.running()) return;
  turn_scheduled_ = true;
  const duration delay = process_.scheduling().between(turn_delay_min, turn_delay_max);
  // The world keeps a process until all its events have passed: `this` stays valid.
  process_.events().after(delay, process_.on().tag(event_kind::turn), [this] { turn(); });
}

void lane::ready(task& item) {
  if (item.waiting() || !process_.running()) return;
  if (process_.scheduling().ppm(jump_queue_ppm))
    ready_.push_front(item);
  else
    ready_.push_back(item);
  wake();
}

void lane::leaving(task& item) {
  // A program that stops in this turn still says goodbye.
  if (item.waiting() || !(process_.running() || in_turn_)) return;
  leaving_.push_back(item);
  if (!in_turn_) wake();
}

void lane::turn() {
  turn_scheduled_ = false;
  if (process_.may_turn()) run_turn();  // while paused everything waits for reconsider()
}

void lane::run_turn() {
  turn_now_ = now();
  in_turn_ = true;
  process_.events().set_in_turn(true);
  ready_.run_present();
  if (hooks_ != nullptr && process_.alive()) hooks_->turn();
  process_.events().set_in_turn(false);
  in_turn_ = false;
  leaving_.run_present();
  schedule_deadline();
}

void lane::schedule_deadline() {
  if (hooks_ == nullptr || !process_.may_turn()) return;
  const std::optional<time_point> next = hooks_->next_deadline();
  if (!next) return;
  const duration at = process_.on().clock.when(*next);
  if (at >= deadline_event_) return;
  deadline_event_ = at;
  process_.events().at(at, process_.on().tag(event_kind::deadline),
                       [this, at] { deadline_due(at); });
}

void lane::deadline_due(duration at) {
  if (at != deadline_event_) return;  // a nearer one came up in the meantime
  deadline_event_ = duration::max();
  if (!process_.may_turn() || turn_scheduled_) return;
  const std::optional<time_point> next = hooks_->next_deadline();
  if (!next) return;
  if (*next <= now())
    run_turn();
  else
    schedule_deadline();
}

void lane::reconsider() {
  if (!process_.may_turn()) return;
  deadline_event_ = duration::max();
  turn_scheduled_ = false;
  wake();
}

}  // namespace mw::sim

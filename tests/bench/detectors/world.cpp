// world: see world.h.
// SPDX-License-Identifier: Apache-2.0
#include "world.h"

#include <algorithm>
#include <cmath>

namespace mw::bench {
namespace {

duration uniform(random_stream& dice, double low_s, double high_s) {
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double>(low_s + (high_s - low_s) * dice.unit()));
}

duration gap_of(const scenario& of) {
  if (of.burst_mean == duration::zero()) return {};
  const double gap =
      std::chrono::duration<double>(of.burst_mean).count() * (1 - of.burst_share) / of.burst_share;
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(gap));
}

}  // namespace

duration draw_exponential(random_stream& dice, duration mean) {
  return std::chrono::duration_cast<duration>(std::chrono::duration<double>(
      -std::chrono::duration<double>(mean).count() * std::log(1 - dice.unit())));
}
duration draw_pause(random_stream& dice, duration) {
  return uniform(dice, 0.2, 4);
}
duration draw_stall(random_stream& dice, duration) {
  return uniform(dice, 0.5, 8);
}

std::vector<scenario> scenarios() {
  scenario quiet{.name = "quiet LAN", .delay = 200us, .jitter = 1ms};
  scenario pauses = quiet;
  pauses.name = "sender pauses 0.2-4 s per 10 min";
  pauses.sender_pauses = true;
  scenario stalls = quiet;
  stalls.name = "observer stalls 0.5-8 s per 2 min";
  stalls.observer_stalls = true;
  return {quiet,
          pauses,
          stalls,
          {.name = "WAN, 1 % lost in bursts",
           .delay = 40ms,
           .jitter = 20ms,
           .burst_mean = 2300ms,
           .burst_share = 0.01},
          {.name = "5 % lost in bursts",
           .delay = 40ms,
           .jitter = 20ms,
           .burst_mean = 3600ms,
           .burst_share = 0.05}};
}

spells::spells(random_stream& dice, duration gap_mean,
               duration (*draw)(random_stream&, duration mean), duration mean)
    : dice_(dice), gap_(gap_mean), draw_(draw), mean_(mean), end_{} {
  if (gap_ > duration::zero())
    next();
  else
    end_ = {duration::max()};
}

void spells::next() {
  begin_ = end_ + draw_exponential(dice_, gap_);
  end_ = begin_ + draw_(dice_, mean_);
}

bool spells::covers(time_point t) {
  while (gap_ > duration::zero() && t >= end_) next();
  return t >= begin_;
}

sender::sender(random_stream& dice, bool pauses, time_point first)
    : pauses_(dice, pauses ? duration(10min) : duration::zero(), draw_pause, {}), next_(first) {}

std::vector<time_point> sender::beats_until(time_point t) {
  std::vector<time_point> out;
  while (next_ <= t) {
    const bool paused = pauses_.covers(next_);
    const time_point at = paused ? pauses_.end() : next_;
    if (at > t) break;  // its end is not yet reached
    if (at < dead_from_) out.push_back(at);
    while (next_ <= at) next_ = next_ + 1s;
  }
  return out;
}

void sender::restart(time_point t) {
  dead_from_ = {duration::max()};
  next_ = t;
}

path::path(random_stream& dice, const scenario& of)
    : dice_(dice),
      delay_(of.delay),
      jitter_(of.jitter),
      bursts_(dice, gap_of(of), draw_exponential, of.burst_mean) {}

void path::send(time_point at) {
  if (bursts_.covers(at)) return;
  under_way_.push_back(at + delay_ + draw_exponential(dice_, jitter_));
  std::sort(under_way_.begin(), under_way_.end());
}

std::vector<time_point> path::arrived_by(time_point t) {
  std::vector<time_point> out;
  while (!under_way_.empty() && under_way_.front() <= t) {
    out.push_back(under_way_.front());
    under_way_.pop_front();
  }
  return out;
}

}  // namespace mw::bench

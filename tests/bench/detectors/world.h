// world: heartbeats of one peer that crashes now and then, and what stands between it and us.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/random.h>
#include <mw/types.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

namespace mw::bench {

struct scenario {
  std::string name;
  duration delay{};              // of a heartbeat, least
  duration jitter{};             // mean of what is added
  duration burst_mean{};         // all is lost for so long, exponentially; zero: never
  double burst_share = 0;        // of the time
  bool sender_pauses = false;    // 0.2 to 4 s, every 10 min on average
  bool observer_stalls = false;  // 0.5 to 8 s, every 2 min on average
};

[[nodiscard]] std::vector<scenario> scenarios();

// On and off, exponentially: bursts of loss, pauses of a process.
class spells {
 public:
  // `gap_mean` between spells; each lasts what `draw` says. A gap of zero: never.
  spells(random_stream& dice, duration gap_mean, duration (*draw)(random_stream&, duration mean),
         duration mean);
  [[nodiscard]] bool covers(time_point t);
  [[nodiscard]] time_point end() const { return end_; }

 private:
  void next();
  random_stream& dice_;
  duration gap_;
  duration (*draw_)(random_stream&, duration);
  duration mean_;
  time_point begin_{duration::max()};
  time_point end_{duration::max()};
};

// Sends a beat a second while it lives and is not paused.
class sender {
 public:
  sender(random_stream& dice, bool pauses, time_point first);
  // The beats sent until `t`, each once.
  [[nodiscard]] std::vector<time_point> beats_until(time_point t);
  void crash(time_point t) { dead_from_ = t; }
  void restart(time_point t);

 private:
  spells pauses_;
  time_point next_;
  time_point dead_from_{duration::max()};
};

// The way of the beats to one observer.
class path {
 public:
  path(random_stream& dice, const scenario& of);
  void send(time_point at);
  // When the beats that have arrived by `t` did so, in order.
  [[nodiscard]] std::vector<time_point> arrived_by(time_point t);

 private:
  random_stream& dice_;
  duration delay_;
  duration jitter_;
  spells bursts_;
  std::deque<time_point> under_way_;
};

[[nodiscard]] duration draw_exponential(random_stream& dice, duration mean);
[[nodiscard]] duration draw_pause(random_stream& dice, duration mean);
[[nodiscard]] duration draw_stall(random_stream& dice, duration mean);

}  // namespace mw::bench

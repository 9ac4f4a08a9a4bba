// node_clock: a node's monotonic and wall clock as functions of the world's time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sim.h>

namespace mw::sim {

// Runs at a rate that may change; never backwards. All arithmetic is on integers.
class node_clock {
 public:
  explicit node_clock(const sim_clock_options& options);

  [[nodiscard]] time_point mono(duration world) const;
  [[nodiscard]] wall_time wall(duration world) const;
  // The earliest time of the world at which mono() has reached `target`; duration::max() for never.
  [[nodiscard]] duration when(time_point target) const;

  void set_drift(duration world, std::int32_t ppm);
  void jump_wall(duration by) { wall_offset_ += by; }
  void freeze(duration world);
  void thaw(duration world);

 private:
  void rebase(duration world);

  duration world_base_{};  // the rate holds since then
  duration mono_base_;
  duration wall_offset_;   // wall clock minus monotonic clock
  std::int64_t rate_ppm_;  // a perfect clock has a million
  std::int64_t thawed_ppm_;
};

}  // namespace mw::sim

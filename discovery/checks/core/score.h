// score: several levels to one number, and when it is worth telling.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/health_checks.h>
#include <mw/types.h>

#include <optional>
#include <span>
#include <vector>

namespace mw::checks {

struct vote {
  check_level level = check_level::unknown;
  double weight = 1;
  bool decisive = false;  // critical alone makes the score 0
  double share = 1;       // below 1: it has recovered and climbs
};

// Weighted mean: passing counts 1, warning `warning_share`, critical 0, unknown not at all; each
// times its share of recovery. Nothing: nobody knows anything yet.
[[nodiscard]] std::optional<double> score_of(std::span<const vote> votes, double warning_share);

// Whether listeners should hear of it: steps smaller than `step` are kept back, but 0 and 1 are
// always told.
[[nodiscard]] bool worth_telling(double told, double now, double step);

// From 0.1 to 1 in tenths within `ramp` after a recovery; 1 without a ramp.
[[nodiscard]] double ramp_share(duration since, duration ramp);
// When ramp_share() changes next, from the recovery on; nothing: it has reached 1.
[[nodiscard]] std::optional<duration> next_ramp_step(duration since, duration ramp);

// So many in any window: the last moments are kept.
class budget {
 public:
  budget(std::uint32_t count, duration window) : count_(count), window_(window) {}
  // Takes one; false: none is left.
  bool take(time_point now);
  [[nodiscard]] std::uint32_t left(time_point now) const;

 private:
  std::uint32_t count_;
  duration window_;
  std::vector<time_point> taken_;  // the oldest first, at most count_
};

}  // namespace mw::checks

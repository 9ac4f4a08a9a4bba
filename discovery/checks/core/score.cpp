// score: see score.h.
// SPDX-License-Identifier: Apache-2.0
#include "score.h"

#include <algorithm>
#include <cmath>

namespace mw::checks {

namespace {

constexpr int ramp_steps = 10;

double value_of(check_level level, double warning_share) {
  if (level == check_level::passing) return 1;
  return level == check_level::warning ? warning_share : 0;
}

}  // namespace

std::optional<double> score_of(std::span<const vote> votes, double warning_share) {
  double sum = 0;
  double weights = 0;
  bool decided = false;
  for (const vote& one : votes) {
    if (one.level == check_level::unknown) continue;
    decided = decided || (one.decisive && one.level == check_level::critical);
    sum += one.weight * one.share * value_of(one.level, warning_share);
    weights += one.weight;
  }
  if (weights <= 0) return std::nullopt;
  return decided ? 0 : std::clamp(sum / weights, 0.0, 1.0);
}

bool worth_telling(double told, double now, double step) {
  if (told == now) return false;
  constexpr double rounding = 1e-9;  // a sum of tenths is no tenth
  return now == 0 || now == 1 || told == 0 || std::abs(told - now) >= step - rounding;
}

double ramp_share(duration since, duration ramp) {
  if (ramp <= duration::zero() || since >= ramp) return 1;
  // Whole tenths, so that a score of 1 is exactly 1.
  const std::int64_t step = since.count() / std::max<std::int64_t>(ramp.count() / ramp_steps, 1);
  return static_cast<double>(std::min<std::int64_t>(step + 1, ramp_steps)) / ramp_steps;
}

std::optional<duration> next_ramp_step(duration since, duration ramp) {
  if (ramp <= duration::zero() || since >= ramp) return std::nullopt;
  const duration step = std::max(ramp / ramp_steps, duration(1));
  return std::min((since / step + 1) * step, ramp);
}

bool budget::take(time_point now) {
  if (left(now) == 0) return false;
  if (taken_.size() == count_) taken_.erase(taken_.begin());
  taken_.push_back(now);
  return true;
}

std::uint32_t budget::left(time_point now) const {
  const auto recent = std::count_if(taken_.begin(), taken_.end(),
                                    [&](time_point one) { return now - one < window_; });
  return count_ - static_cast<std::uint32_t>(recent);
}

}  // namespace mw::checks

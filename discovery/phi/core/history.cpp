// history: see history.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/history.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mw::phi {
std::size_t lateness_history::bucket_of(duration lateness) {
  if (lateness < smallest) return 0;
  const auto units = static_cast<std::uint64_t>(lateness / smallest);
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(units)), bucket_count - 1);
}

double lateness_history::seconds_at(std::size_t bucket) {
  return bucket == 0 ? 0 : std::ldexp(seconds(smallest), static_cast<int>(bucket) - 1);
}

void lateness_history::forget(time_point now) {
  const duration passed = now - decayed_at_;
  if (passed < half_life_ / 16) return;
  decayed_at_ = now;
  const double factor = std::exp2(-seconds(passed) / seconds(half_life_));
  total_ = 0;
  for (float& w : weights_) {
    w = static_cast<float>(w * factor);
    total_ += w;
  }
}

void lateness_history::add(duration lateness, time_point now) {
  forget(now);
  weights_[bucket_of(lateness)] += 1;
  total_ += 1;
}

double lateness_history::phi(duration lateness) const {
  if (total_ <= 0 || lateness <= duration::zero()) return 0;
  const double x = seconds(lateness);
  const std::size_t own = bucket_of(lateness);
  double above = 0;
  std::size_t largest = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    if (weights_[i] <= 0) continue;
    largest = i;
    if (i > own) above += weights_[i];
  }
  const double reached = above + weights_[own];  // the bucket's beginning
  if (own < largest) {
    // Within a bucket the tail falls exponentially.
    const double low = seconds_at(own);
    const double share = (x - low) / (seconds_at(own + 1) - low);
    return std::max(0.0, -std::log10(reached / total_) + share * std::log10(reached / above));
  }
  // In the largest one all may have been as late as it goes.
  if (own == largest) return std::max(0.0, -std::log10(reached / total_));
  // Beyond everything seen: rarer than one in all samples, by a decade for each half of the end.
  const double end = std::max(seconds_at(largest + 1), 0.02);
  const double rarest = std::max(std::log10(total_ + 1), -std::log10(weights_[largest] / total_));
  return rarest + std::max(0.0, x - end) / (end / 2);
}

}  // namespace mw::phi

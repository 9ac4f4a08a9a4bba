// history: see history.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/history.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace mw::phi {
namespace {

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

}  // namespace

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
  // Within a bucket silences are taken to be spread evenly.
  const double low = seconds_at(own);
  const double high = own + 1 < bucket_count ? seconds_at(own + 1) : 2 * low;
  if (high > low) above += weights_[own] * (high - x) / (high - low);
  if (own <= largest && above > 0) return -std::log10(std::min(1.0, above / total_));
  // Beyond everything seen: rarer than one in all samples, by a decade for each half of the
  // largest.
  const double end = std::max(seconds_at(largest + 1), 0.02);
  return std::log10(total_ + 1) + std::max(0.0, x - end) / (end / 2);
}

}  // namespace mw::phi

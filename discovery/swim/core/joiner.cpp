// joiner: pauses double while nobody answers.
// SPDX-License-Identifier: Apache-2.0
#include "core/joiner.h"

#include <algorithm>

namespace mw::swim {

bool joiner::add(const endpoint& seed) {
  if (seeds_.size() >= seeds_max || seed.empty() || seed.local || seed.port == 0) return false;
  if (std::find(seeds_.begin(), seeds_.end(), seed) != seeds_.end()) return false;
  seeds_.push_back(seed);
  if (alone_) {
    next_ = {};
    pause_ = first_pause;
  }
  return true;
}

void joiner::wait(bool alone, time_point now) {
  const duration base = alone ? pause_ : pause_max_;
  const auto half = static_cast<std::uint64_t>(base.count() / 2);
  next_ = now + base / 2 + duration(static_cast<std::int64_t>(random_.below(half + 1)));
  pause_ = alone ? std::min(pause_ * 2, pause_max_) : first_pause;
}

}  // namespace mw::swim

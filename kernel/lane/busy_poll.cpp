// busy_poll: counts hits and misses of spinning, and gives up for a while when it does not pay.
// SPDX-License-Identifier: Apache-2.0
#include "lane/busy_poll.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {

bool busy_poll::should_spin(time_point now, bool worked) {
  if (!enabled()) return false;
  if (!worked) {
    if (spinning_ && now - since_ >= window_) end_spin(now, false);
    return spinning_;
  }
  if (spinning_) end_spin(now, true);
  if (resting_ > 0) {
    --resting_;
    return false;
  }
  spinning_ = true;
  since_ = now;
  return true;
}

void busy_poll::end_spin(time_point now, bool hit) {
  spinning_ = false;
  spent_ += std::min(now - since_, window_);
  ++spins_;
  if (hit) ++hits_;
  if (spins_ < trial) return;
  if (hits_ < hits_min) resting_ = rest_for;
  spins_ = hits_ = 0;
}

duration busy_poll::take_spent() {
  return std::exchange(spent_, duration::zero());
}

}  // namespace mw::kernel

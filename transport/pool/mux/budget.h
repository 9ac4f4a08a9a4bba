// budget: so many of something per second, with a burst of as many.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <algorithm>

namespace mw::pool {

// A token bucket that starts full and holds one second's worth. A rate of zero never refuses.
class budget {
 public:
  budget() = default;
  explicit budget(rate allowed) : per_second_(allowed.per_second), left_(allowed.per_second) {}

  [[nodiscard]] bool spend(time_point now) {
    if (per_second_ <= 0) return true;
    const double seconds = std::chrono::duration<double>(now - filled_).count();
    left_ = std::min(std::max(per_second_, 1.0), left_ + seconds * per_second_);
    filled_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double per_second_ = 0;
  double left_ = 0;
  time_point filled_{};
};

}  // namespace mw::pool

// budget: so many of something per second, with a burst of as many.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <algorithm>

namespace mw::pool {

// A token bucket that starts full and holds one second's worth. A rate of zero never refuses. The
// rate is the same each time; it is not kept here, because each link has several of these.
class budget {
 public:
  explicit budget(rate allowed) : left_(allowed.per_second) {}

  [[nodiscard]] bool spend(rate allowed, time_point now) {
    if (allowed.per_second <= 0) return true;
    const double seconds = std::chrono::duration<double>(now - filled_).count();
    left_ = std::min(std::max(allowed.per_second, 1.0), left_ + seconds * allowed.per_second);
    filled_ = now;
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double left_;
  time_point filled_{};
};

}  // namespace mw::pool

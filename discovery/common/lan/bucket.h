// bucket: a bound on how often something happens, with room for a burst.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <algorithm>

namespace mw::lan {

class bucket {
 public:
  // Full at first: a second's worth, at least one.
  explicit bucket(rate allowed)
      : per_second_(allowed.per_second), most_(std::max(allowed.per_second, 1.0)), left_(most_) {}

  // False: too often.
  [[nodiscard]] bool take(time_point now) {
    const double passed = std::chrono::duration<double>(now - last_).count();
    if (passed > 0) left_ = std::min(most_, left_ + passed * per_second_);
    last_ = std::max(last_, now);
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  double per_second_;
  double most_;
  double left_;
  time_point last_{};
};

}  // namespace mw::lan

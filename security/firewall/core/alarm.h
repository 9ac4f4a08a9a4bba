// alarm: raised when refusals come too fast for a second, cleared after a while of quiet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mw::firewall {

// Asked once a second with the number of refusals so far.
class alarm {
 public:
  enum class change : std::uint8_t { none, raised, cleared };

  // `threshold` refusals a second raise it; zero never does. Ten seconds below half of it clear it.
  [[nodiscard]] change tick(std::uint64_t refusals, std::uint64_t threshold) {
    const std::uint64_t fresh = refusals - seen_;
    seen_ = refusals;
    last_ = fresh;
    if (!raised_) {
      if (threshold == 0 || fresh < threshold) return change::none;
      raised_ = true;
      quiet_ = 0;
      return change::raised;
    }
    quiet_ = fresh * 2 < threshold ? quiet_ + 1 : 0;
    if (quiet_ < quiet_needed) return change::none;
    raised_ = false;
    return change::cleared;
  }
  [[nodiscard]] bool raised() const { return raised_; }
  [[nodiscard]] std::uint64_t last_second() const { return last_; }

 private:
  static constexpr int quiet_needed = 10;
  std::uint64_t seen_ = 0;
  std::uint64_t last_ = 0;
  int quiet_ = 0;
  bool raised_ = false;
};

}  // namespace mw::firewall

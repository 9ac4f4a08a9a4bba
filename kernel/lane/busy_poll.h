// busy_poll: whether a lane should look again at once or sleep until the system wakes it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>

namespace mw::kernel {

// After something came, spinning for up to `window` saves the microseconds of falling asleep and
// being woken. It pays only when the next thing comes within the window: what came is counted, and
// a lane that mostly spins in vain stops trying for a while. A pure core: time is passed in.
class busy_poll {
 public:
  explicit busy_poll(duration window) : window_(window) {}

  [[nodiscard]] bool enabled() const { return window_ > duration::zero(); }
  [[nodiscard]] bool spinning() const { return spinning_; }
  // Before each poll. `worked`: something came since the last one. True: poll without sleeping.
  [[nodiscard]] bool should_spin(time_point now, bool worked);
  // Time spent spinning since the last call.
  [[nodiscard]] duration take_spent();

  static constexpr std::uint32_t trial = 64;       // spins that are judged together
  static constexpr std::uint32_t hits_min = 16;    // fewer hits in a trial are not worth the power
  static constexpr std::uint32_t rest_for = 1024;  // chances to spin that are let pass then

 private:
  void end_spin(time_point now, bool hit);

  const duration window_;
  bool spinning_ = false;
  time_point since_{};
  duration spent_{};
  std::uint32_t spins_ = 0;
  std::uint32_t hits_ = 0;
  std::uint32_t resting_ = 0;
};

}  // namespace mw::kernel

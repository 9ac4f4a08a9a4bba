// standing: whether this node was away for so long that others know better what was removed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/wire.h"

#include <mw/types.h>

#include <cstdint>

namespace mw::anti_entropy {

// Removals are forgotten after `forget_after`. Whoever has not compared its state with anybody for
// that long may hold what the others have removed and forgotten. It is a stranger, and when it
// meets a resident it drops its registers and takes the resident's. A node that starts without a
// memory is a newcomer: what it has learned from strangers meanwhile is not worth more than that
// of a stranger. Where there are no residents (all were away, or all are new) nobody knows better:
// after `rounds_alone` comparisons without meeting one they become residents together.
class standing {
 public:
  static constexpr std::uint32_t rounds_alone = 8;

  standing(duration forget_after, rank first, time_point last)
      : forget_after_(forget_after), rank_(first), last_(last) {}

  // Before a comparison, of either side: true when this node has become a stranger just now.
  [[nodiscard]] bool check(time_point now) {
    if (rank_ != rank::resident || now - last_ < forget_after_) return false;
    rank_ = rank::stranger;
    alone_ = 0;
    return true;
  }
  // Whether this node's registers have to go, for the other side's.
  [[nodiscard]] bool yields_to(rank other) const {
    return other == rank::resident && rank_ != rank::resident;
  }
  // They have gone: what is missing now comes like everything else, and nothing is wrong any more.
  void yielded(time_point now) {
    rank_ = rank::resident;
    last_ = now;
  }
  // Both states are equal now.
  void compared(rank other, time_point now) {
    last_ = now;
    if (rank_ == rank::resident) return;
    if (other == rank::resident || ++alone_ >= rounds_alone) rank_ = rank::resident;
  }

  [[nodiscard]] rank now() const { return rank_; }
  [[nodiscard]] time_point last() const { return last_; }

 private:
  duration forget_after_;
  rank rank_;
  std::uint32_t alone_ = 0;
  time_point last_{};
};

}  // namespace mw::anti_entropy

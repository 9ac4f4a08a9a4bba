// turns: weighted round robin: everybody's turn comes in proportion to their weight, smoothly.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/balancer.h>
#include <mw/random.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace round_robin {

// Each candidate has a due time on a virtual clock and moves on by 1/weight when it is picked: the
// earliest is next (earliest deadline first). Within any stretch nobody is more than one turn
// away from their share. A heap makes a pick O(log n).
class turns {
 public:
  // What a newcomer waits before its first turn is drawn from `random`: many callers that learn of
  // a new peer at once must not all ask it first.
  void assign(std::span<const mw::candidate> candidates, mw::random_stream& random);

  // The next one that is not in `avoid`; those keep their place. Does not allocate.
  [[nodiscard]] std::optional<mw::candidate_key> pick(
      std::span<const mw::candidate_key> avoid) noexcept;

  struct waiting {
    mw::candidate_key key;
    double weight;
    double wait;  // turns of weight one until it is due
  };
  // All, the next one first. Allocates.
  [[nodiscard]] std::vector<waiting> in_order() const;
  [[nodiscard]] std::size_t size() const { return heap_.size(); }

 private:
  struct entry {
    double due;
    double step;  // 1/weight
    mw::candidate_key key;
  };
  // std::*_heap keeps the largest in front: the one that is due first counts as the largest. Equal
  // ones go by key, so that a seed replays.
  static bool later(const entry& a, const entry& b) {
    return (a.due > b.due) | ((a.due == b.due) & (a.key > b.key));
  }
  void take_turn(entry& next) noexcept;
  void replace_front(const entry& with) noexcept;
  void rebase() noexcept;

  std::vector<entry> heap_;
  double now_ = 0;  // due time of the last pick
};

}  // namespace round_robin

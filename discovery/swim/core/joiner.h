// joiner: whom to ask for the cluster, and when: seeds at first, lost seeds now and then.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/random.h>
#include <mw/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mw::swim {

// A seed is an endpoint, perhaps with a name that the adapter resolves.
class joiner {
 public:
  static constexpr std::size_t seeds_max = 1'024;
  static constexpr std::size_t at_once = 3;

  joiner(duration pause_max, random_stream& random) : pause_max_(pause_max), random_(random) {}

  // False: it was known, or there is no room.
  bool add(const endpoint& seed);
  [[nodiscard]] const std::vector<endpoint>& seeds() const { return seeds_; }

  // Whom to ask now. `alone`: nobody is known; then a few at a time, with growing pauses. Otherwise
  // one that is not among `known` after each long pause: two halves of a cluster that have given
  // each other up find each other again.
  template <class Known>
  std::vector<endpoint> take(bool alone, Known known, time_point now) {
    if (seeds_.empty()) return {};
    const bool just_lost = alone && !alone_;
    alone_ = alone;
    if (just_lost) next_ = now, pause_ = first_pause;
    if (now < next_) return {};
    std::vector<endpoint> chosen;
    for (std::size_t i = 0; i < seeds_.size() && chosen.size() < (alone ? at_once : 1); ++i) {
      const endpoint& one = seeds_[turn_++ % seeds_.size()];
      if (!known(one)) chosen.push_back(one);
    }
    wait(alone, now);
    return chosen;
  }
  [[nodiscard]] time_point next_due() const {
    return seeds_.empty() ? time_point{duration::max()} : next_;
  }

 private:
  static constexpr duration first_pause = 500ms;
  void wait(bool alone, time_point now);

  duration pause_max_;
  random_stream& random_;
  std::vector<endpoint> seeds_;
  std::size_t turn_ = 0;
  bool alone_ = false;
  duration pause_ = first_pause;
  time_point next_{};
};

}  // namespace mw::swim

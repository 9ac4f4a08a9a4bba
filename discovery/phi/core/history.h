// history: how late a peer has been, in a form that forgets slowly.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <chrono>
#include <cstdint>

namespace mw::phi {

inline double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

// Lateness: how much longer a silence was than the beat that should have ended it. Counted in
// buckets that double, with weights that halve every `half_life`: a window in time, not in samples,
// so that a bad hour is forgotten after some hours however many beats it had.
class lateness_history {
 public:
  explicit lateness_history(duration half_life) : half_life_(half_life) {}

  void add(duration lateness, time_point now);
  // -log10 of the share of silences that were at least so late. Beyond the largest one ever seen
  // the tail goes on exponentially.
  [[nodiscard]] double phi(duration lateness) const;
  [[nodiscard]] double samples() const { return total_; }

 private:
  static constexpr std::size_t bucket_count = 24;
  static constexpr duration smallest = 1ms;  // the last bucket begins at 2.3 hours
  [[nodiscard]] static std::size_t bucket_of(duration lateness);
  [[nodiscard]] static double seconds_at(std::size_t bucket);
  void forget(time_point now);

  duration half_life_;
  time_point decayed_at_{};
  double total_ = 0;
  std::array<float, bucket_count> weights_{};
};

}  // namespace mw::phi

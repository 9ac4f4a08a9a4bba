// sequences: numbers for messages to one receiver, never further apart than its window.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dedup.h"

#include <array>
#include <cstdint>
#include <optional>

namespace mw::routing {

// The receiver remembers dedup::window numbers. A number is only given out while the oldest one
// that is not settled is nearer than that: what is sent again is always still inside.
class sequences {
 public:
  [[nodiscard]] std::optional<std::uint64_t> open() {
    if (next_ - floor_ >= dedup::window) return std::nullopt;
    const std::uint64_t made = next_++;
    open_[word_of(made)] |= bit_of(made);
    return made;
  }
  // Settled, one way or the other.
  void close(std::uint64_t sequence) {
    if (sequence < floor_ || sequence >= next_) return;
    open_[word_of(sequence)] &= ~bit_of(sequence);
    while (floor_ < next_ && (open_[word_of(floor_)] & bit_of(floor_)) == 0) ++floor_;
  }
  [[nodiscard]] std::uint64_t oldest_open() const { return floor_; }

 private:
  static constexpr std::size_t word_of(std::uint64_t s) {
    return static_cast<std::size_t>(s % dedup::window / 64);
  }
  static constexpr std::uint64_t bit_of(std::uint64_t s) { return std::uint64_t{1} << (s % 64); }

  std::uint64_t next_ = 1;
  std::uint64_t floor_ = 1;
  std::array<std::uint64_t, dedup::window / 64> open_{};
};

}  // namespace mw::routing

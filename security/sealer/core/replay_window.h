// replay_window: which of the newest sequence numbers have been seen.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace mw::sealing {

class replay_window {
 public:
  enum class verdict : std::uint8_t { fresh, seen, behind };

  // `size`: how far a message may be behind the newest; rounded up to a multiple of 64.
  explicit replay_window(std::uint32_t size) : words_((size + 63) / 64) {}

  [[nodiscard]] verdict look(std::uint64_t sequence) const {
    if (sequence >= next_) return verdict::fresh;
    if (next_ - sequence > bits()) return verdict::behind;
    return (word(sequence) >> (sequence % 64) & 1) != 0 ? verdict::seen : verdict::fresh;
  }

  // Only what is fresh and genuine.
  void take(std::uint64_t sequence) {
    if (sequence >= next_) advance(sequence + 1);
    word(sequence) |= std::uint64_t{1} << (sequence % 64);
  }

 private:
  [[nodiscard]] std::uint64_t bits() const { return words_.size() * 64; }
  [[nodiscard]] const std::uint64_t& word(std::uint64_t sequence) const {
    return words_[sequence / 64 % words_.size()];
  }
  [[nodiscard]] std::uint64_t& word(std::uint64_t sequence) {
    return words_[sequence / 64 % words_.size()];
  }
  // Numbers that come into the window take the places of those that leave it.
  void advance(std::uint64_t to) {
    if (to - next_ >= bits()) {
      for (std::uint64_t& w : words_) w = 0;
    } else {
      for (std::uint64_t at = next_; at < to; ++at) word(at) &= ~(std::uint64_t{1} << (at % 64));
    }
    next_ = to;
  }

  std::vector<std::uint64_t> words_;
  std::uint64_t next_ = 0;  // one more than the newest
};

}  // namespace mw::sealing

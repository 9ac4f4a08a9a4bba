// replay_window: which of the last 1,024 numbers of a sender were seen.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mw::swim::native {

class replay_window {
 public:
  static constexpr std::uint64_t size = 1'024;

  // True once for each number that is not older than the window.
  bool accept(std::uint64_t number) {
    if (number >= next_) {
      const std::uint64_t ahead = number - next_ + 1;
      if (ahead >= size)
        seen_.fill(0);
      else
        for (std::uint64_t i = 0; i < ahead; ++i) clear(next_ + i);
      next_ = number + 1;
    } else if (next_ - number > size || test(number)) {
      return false;
    }
    set(number);
    return true;
  }

 private:
  [[nodiscard]] static std::size_t word(std::uint64_t n) { return (n % size) / 64; }
  [[nodiscard]] static std::uint64_t bit(std::uint64_t n) { return std::uint64_t{1} << (n % 64); }
  [[nodiscard]] bool test(std::uint64_t n) const { return (seen_[word(n)] & bit(n)) != 0; }
  void set(std::uint64_t n) { seen_[word(n)] |= bit(n); }
  void clear(std::uint64_t n) { seen_[word(n)] &= ~bit(n); }

  std::uint64_t next_ = 0;
  std::array<std::uint64_t, size / 64> seen_{};
};

}  // namespace mw::swim::native

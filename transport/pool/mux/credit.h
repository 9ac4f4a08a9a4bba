// credit: how many bytes one side may send before the other gives more; checked arithmetic.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace mw::pool {

// What a message of `size` costs: never more than the whole window, so that even an item larger
// than its window can be sent. Both sides compute the same.
constexpr std::uint64_t cost_in(std::uint64_t window, std::size_t size) {
  return std::min<std::uint64_t>(window, size);
}

// Who receives announces what is free at the latest when it is this part of the window.
inline constexpr std::uint64_t announced_parts = 4;

// The sender's side.
class send_window {
 public:
  send_window() = default;
  explicit send_window(std::uint64_t full) : full_(full), left_(full) {}

  [[nodiscard]] bool has(std::uint64_t bytes) const { return bytes <= left_; }
  void take(std::uint64_t bytes) { left_ -= std::min(bytes, left_); }
  // False: the other side gave more than was ever taken, which is a violation.
  [[nodiscard]] bool give(std::uint64_t bytes) {
    if (bytes > full_ - left_) return false;
    left_ += bytes;
    fragments_ -= std::min(bytes, fragments_);
    return true;
  }
  [[nodiscard]] std::uint64_t full() const { return full_; }
  [[nodiscard]] std::uint64_t left() const { return left_; }
  // Fragments are free again as soon as they have arrived. So many are under way that the other
  // side is busy, and bound to announce some: credit for items may make this too small, never too
  // large.
  void take_fragment(std::uint64_t bytes) {
    take(bytes);
    fragments_ += bytes;
  }
  [[nodiscard]] bool enough_ahead() const { return fragments_ >= full_ / announced_parts; }

 private:
  std::uint64_t full_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t fragments_ = 0;  // of what was taken
};

// The receiver's side. What was consumed is announced when it makes up a quarter of the window.
class receive_window {
 public:
  receive_window() = default;
  explicit receive_window(std::uint64_t full) : full_(full) {}

  // False: the other side sent more than it was given, which is a violation.
  [[nodiscard]] bool take(std::uint64_t bytes) {
    if (bytes > full_ - used_) return false;
    used_ += bytes;
    return true;
  }
  // Bytes that were taken and are free again. Returns what to announce now, often zero.
  [[nodiscard]] std::uint64_t give(std::uint64_t bytes) {
    owed_ += std::min(bytes, used_ - owed_);
    if (owed_ == 0 || owed_ < full_ / announced_parts) return 0;
    const std::uint64_t announced = owed_;
    used_ -= owed_;
    owed_ = 0;
    return announced;
  }
  [[nodiscard]] std::uint64_t full() const { return full_; }
  [[nodiscard]] std::uint64_t left() const { return full_ - used_; }
  [[nodiscard]] std::uint64_t held() const { return used_ - owed_; }

 private:
  std::uint64_t full_ = 0;
  std::uint64_t used_ = 0;  // taken and not announced as free
  std::uint64_t owed_ = 0;  // of these: free already
};

}  // namespace mw::pool

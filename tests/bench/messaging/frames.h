// frames: the smallest framing there is, an 8-byte length, for the drivers without a library.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace mw::bench {

constexpr std::size_t frame_head = sizeof(std::uint64_t);
constexpr std::size_t read_size = 256 * 1024;
constexpr std::size_t batch_size = 64 * 1024;
// From here on a body is handed over in place: copying it costs more than a second vector.
constexpr std::size_t in_place_min = 16 * 1024;

// Frames that leave together. The room is made once: growing a vector would fill it with zeros.
class frame_batch {
 public:
  explicit frame_batch(std::size_t capacity) : buffer_(capacity) {}

  [[nodiscard]] bool fits(std::size_t body) const {
    return used_ + frame_head + body <= buffer_.size();
  }
  void append(std::span<const char> body) {
    const std::uint64_t length = body.size();
    std::memcpy(buffer_.data() + used_, &length, frame_head);
    std::memcpy(buffer_.data() + used_ + frame_head, body.data(), body.size());
    used_ += frame_head + body.size();
  }
  void clear() { used_ = 0; }
  [[nodiscard]] std::span<const char> bytes() const { return std::span(buffer_).first(used_); }

 private:
  std::vector<char> buffer_;
  std::size_t used_ = 0;
};

// Cuts frames out of a stream in place. Room is made once for the largest frame; nothing is
// allocated per frame.
class frame_reader {
 public:
  explicit frame_reader(std::size_t body_max) : buffer_(read_size + frame_head + body_max) {}

  // Where the next bytes go.
  [[nodiscard]] std::span<char> room() { return std::span(buffer_).subspan(used_); }

  // Calls `handle(body)` for each frame that is complete with `count` more bytes.
  template <class Handle>
  void received(std::size_t count, Handle&& handle) {
    used_ += count;
    std::size_t at = 0;
    while (used_ - at >= frame_head) {
      std::uint64_t length = 0;
      std::memcpy(&length, buffer_.data() + at, frame_head);
      if (used_ - at - frame_head < length) break;
      handle(std::span<const char>(buffer_.data() + at + frame_head, length));
      at += frame_head + length;
    }
    std::memmove(buffer_.data(), buffer_.data() + at, used_ - at);
    used_ -= at;
  }

 private:
  std::vector<char> buffer_;
  std::size_t used_ = 0;
};

// Counts frames that pass, without keeping their bytes: what a receiver cannot do less of.
class frame_counter {
 public:
  // Returns how many frames ended within `bytes`.
  std::uint64_t passed(std::span<const char> bytes) {
    std::uint64_t ended = 0;
    while (!bytes.empty()) {
      if (body_left_ == 0) {
        const std::size_t part = std::min(frame_head - head_used_, bytes.size());
        std::memcpy(head_ + head_used_, bytes.data(), part);
        head_used_ += part;
        bytes = bytes.subspan(part);
        if (head_used_ < frame_head) break;
        std::memcpy(&body_left_, head_, frame_head);
        head_used_ = 0;
      }
      const std::size_t part = std::min<std::size_t>(body_left_, bytes.size());
      body_left_ -= part;
      bytes = bytes.subspan(part);
      if (body_left_ == 0) ++ended;
    }
    return ended;
  }

 private:
  char head_[frame_head]{};
  std::size_t head_used_ = 0;
  std::uint64_t body_left_ = 0;
};

}  // namespace mw::bench

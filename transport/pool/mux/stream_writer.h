// stream_writer: writes to a stream piece by piece; what the stream does not take goes first later.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/streams.h>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace mw::pool {

// A frame whose first part was written has to be followed by its rest, whatever else is urgent.
class stream_writer {
 public:
  // True: nothing is left over, so new frames may begin.
  [[nodiscard]] bool clear() const { return rest_.empty(); }
  [[nodiscard]] std::size_t left_over() const { return left_over_; }

  // For frames that are made where they leave. Null when there is no such room in the window at the
  // moment: open() may find some.
  [[nodiscard]] std::byte* place(std::size_t count) {
    if (static_cast<std::size_t>(end_ - at_) < count) return nullptr;
    return std::exchange(at_, at_ + count);
  }
  // Only while nothing is left over. What is in the window counts as written when close() is
  // called, which must be before the turn ends; every other call here does it, too.
  [[nodiscard]] std::byte* open(stream& to, std::size_t count) {
    close(to);
    const std::span<std::byte> room = to.reserve(count);
    if (room.empty()) return nullptr;
    begin_ = room.data();
    at_ = begin_ + count;
    end_ = begin_ + room.size();
    return begin_;
  }
  void close(stream& to) {
    if (begin_ == nullptr) return;
    const auto filled = static_cast<std::size_t>(at_ - begin_);
    begin_ = at_ = end_ = nullptr;
    to.commit(filled);
  }
  // Written to the window and not yet told to the stream.
  [[nodiscard]] std::size_t in_window() const { return static_cast<std::size_t>(at_ - begin_); }

  void put(stream& to, bytes_view bytes) {
    close(to);
    const std::size_t taken = clear() ? to.write(bytes) : 0;
    if (taken < bytes.size()) [[unlikely]]
      keep(slice::copy_of(bytes.subspan(taken)));
  }
  // Shares the slice where that is cheaper than copying it.
  void put(stream& to, slice bytes) {
    if (bytes.size() < share_from) return put(to, bytes.view());
    close(to);
    if (!clear() || !to.write(bytes)) keep(std::move(bytes));
  }

  // Writes the left-overs; true when none are left.
  bool flush(stream& to) {
    close(to);
    std::size_t done = 0;
    while (done < rest_.size()) {
      slice& first = rest_[done];
      const std::size_t size = first.size();
      if (to.unsent() == 0 && size >= share_from) {
        if (!to.write(first)) break;
      } else if (const std::size_t taken = to.write(first.view()); taken < size) {
        left_over_ -= taken;
        first = first.part(taken, size - taken);
        break;
      }
      left_over_ -= size;
      ++done;
    }
    rest_.erase(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(done));
    if (rest_.empty()) rest_ = {};  // an idle link owns no memory
    return clear();
  }

 private:
  static constexpr std::size_t share_from = 4096;
  void keep(slice bytes) {
    if (bytes.empty()) return;
    left_over_ += bytes.size();
    rest_.push_back(std::move(bytes));
  }

  std::byte* begin_ = nullptr;  // of the window; null: none is open
  std::byte* at_ = nullptr;
  std::byte* end_ = nullptr;
  std::vector<slice> rest_;
  std::size_t left_over_ = 0;
};

}  // namespace mw::pool

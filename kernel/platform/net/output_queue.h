// output_queue: bytes a stream has taken but not yet handed to the operating system.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "slab_pool.h"

#include <mw/buffer.h>

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <vector>

namespace mw::kernel {

// Small writes are copied together into slabs, large slices are kept by reference; either way the
// order stays, and one gathered write takes all.
class output_queue {
 public:
  explicit output_queue(slab_pool& slabs) : slabs_(&slabs) {}
  output_queue(const output_queue&) = delete;
  output_queue& operator=(const output_queue&) = delete;
  ~output_queue() { clear(); }

  void copy(bytes_view bytes);
  void keep(slice bytes);
  // Room for at least `count` bytes at the end, to be filled by others; empty when no slab is as
  // large. take_back() with what they filled comes before any copy() and keep().
  [[nodiscard]] std::span<std::byte> lend(std::size_t count);
  void take_back(std::size_t count);
  // Fills `parts` from the front and returns how many it used.
  [[nodiscard]] std::size_t gather(std::span<iovec> parts) const;
  // Drops `count` bytes from the front.
  void consume(std::size_t count);
  void clear();

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t copied() const { return copied_; }  // of these, what is in slabs
  [[nodiscard]] bool empty() const { return size_ == 0; }

 private:
  // Either a reference to shared bytes or a window of a slab.
  struct segment {
    slice shared;
    slab own;
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] const std::byte* data() const {
      return own ? own->data() + begin : shared.view().data() + begin;
    }
  };
  // Below this size a copy is cheaper than one more entry in the gathered write.
  static constexpr std::size_t copy_max = 1024;

  void pop_front();
  [[nodiscard]] bool has_room(std::size_t count) const {
    return first_ < segments_.size() && segments_.back().own &&
           slab_bytes - segments_.back().end >= count;
  }
  // The last segment while somebody writes to it: it has to stay.
  [[nodiscard]] bool lent(std::size_t index) const {
    return lent_ && index + 1 == segments_.size();
  }

  slab_pool* slabs_;
  std::vector<segment> segments_;
  std::size_t size_ = 0;
  std::size_t copied_ = 0;
  std::uint32_t first_ = 0;  // segments before it are spent
  bool lent_ = false;
};

}  // namespace mw::kernel

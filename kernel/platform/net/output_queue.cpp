// output_queue: bytes a stream has taken but not yet handed to the operating system.
// SPDX-License-Identifier: Apache-2.0
#include "output_queue.h"

#include <mw/assert.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace mw::kernel {

void output_queue::copy(bytes_view bytes) {
  size_ += bytes.size();
  copied_ += bytes.size();
  while (!bytes.empty()) {
    if (!has_room(1)) segments_.push_back({{}, slabs_->take(), 0, 0});
    segment& last = segments_.back();
    const std::size_t count = std::min(bytes.size(), slab_bytes - last.end);
    std::memcpy(last.own->data() + last.end, bytes.data(), count);
    last.end += count;
    bytes = bytes.subspan(count);
  }
}

void output_queue::keep(slice bytes) {
  if (bytes.size() <= copy_max) return copy(bytes.view());
  const std::size_t count = bytes.size();
  size_ += count;
  segments_.push_back({std::move(bytes), nullptr, 0, count});
}

std::span<std::byte> output_queue::lend(std::size_t count) {
  if (count > slab_bytes) return {};
  if (!has_room(count)) segments_.push_back({{}, slabs_->take(), 0, 0});
  lent_ = true;
  segment& last = segments_.back();
  return {last.own->data() + last.end, slab_bytes - last.end};
}

void output_queue::take_back(std::size_t count) {
  if (!std::exchange(lent_, false)) return;
  segment& last = segments_.back();
  MW_ASSERT(count <= slab_bytes - last.end, "nobody can have filled more than was lent");
  last.end += count;
  size_ += count;
  copied_ += count;
  if (last.begin < last.end) return;
  slabs_->give(std::move(last.own));
  segments_.pop_back();
  if (first_ == segments_.size()) segments_.clear(), first_ = 0;
}

std::size_t output_queue::gather(std::span<iovec> parts) const {
  std::size_t used = 0;
  for (std::size_t i = first_; i < segments_.size() && used < parts.size(); ++i, ++used) {
    // iovec has no const form; writing calls do not touch the bytes.
    parts[used].iov_base = const_cast<std::byte*>(segments_[i].data());
    parts[used].iov_len = segments_[i].end - segments_[i].begin;
  }
  return used;
}

void output_queue::consume(std::size_t count) {
  MW_ASSERT(count <= size_, "only queued bytes can have been sent");
  size_ -= count;
  while (count > 0) {
    segment& front = segments_[first_];
    const std::size_t part = std::min(count, front.end - front.begin);
    front.begin += part;
    count -= part;
    if (front.own) copied_ -= part;
    if (front.begin == front.end && !lent(first_)) pop_front();
  }
}

void output_queue::clear() {
  size_ = copied_ = 0;
  // What is lent stays until it is back: nobody else may get it before.
  while (first_ < segments_.size() && !lent(first_)) pop_front();
  if (first_ < segments_.size()) segments_.back().begin = segments_.back().end;
}

void output_queue::pop_front() {
  segment& front = segments_[first_];
  if (front.own) slabs_->give(std::move(front.own));
  front.shared = {};
  ++first_;
  // Moving the rest down only when at least half is spent keeps the cost constant per segment.
  if (first_ * 2 >= segments_.size()) {
    segments_.erase(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

}  // namespace mw::kernel

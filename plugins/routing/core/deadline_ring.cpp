// deadline_ring: lists inside one array, and a bit for each bucket that is not empty.
// SPDX-License-Identifier: Apache-2.0
#include "core/deadline_ring.h"

#include <algorithm>
#include <bit>

namespace mw::routing {

void deadline_ring::add(std::uint32_t index, time_point when) {
  if (index >= nodes_.size()) nodes_.resize(std::max<std::size_t>(index + 1, nodes_.size() * 2));
  const std::int64_t exact = when.since_start.count();
  const std::int64_t whole = exact / tick.count() + (exact % tick.count() > 0 ? 1 : 0);
  nodes_[index].at_tick = std::max(whole, cursor_);
  link(index, static_cast<std::uint32_t>(nodes_[index].at_tick) % buckets);
  const time_point due{nodes_[index].at_tick * tick};
  if (size_++ != 0 && due >= soonest_) return;
  soonest_ = due;
  nearer_ = true;
}

void deadline_ring::remove(std::uint32_t index) {
  if (index >= nodes_.size() || nodes_[index].bucket == none) return;
  unlink(index);
  --size_;
}

std::optional<std::uint32_t> deadline_ring::pop_due(time_point now) {
  if (heads_[due_bucket] == none) collect(now.since_start / tick);
  const std::uint32_t first = heads_[due_bucket];
  if (first == none) return std::nullopt;
  remove(first);
  return first;
}

std::optional<time_point> deadline_ring::next() {
  const std::optional<time_point> found = look();
  if (found) soonest_ = *found;
  return found;
}

std::optional<time_point> deadline_ring::look() const {
  if (size_ == 0) return std::nullopt;
  if (heads_[due_bucket] != none) return time_point{(cursor_ - 1) * tick};
  // Whole words at a time, beginning with the rest of the cursor's.
  const auto start = static_cast<std::uint32_t>(cursor_) % buckets;
  for (std::uint32_t distance = 0; distance <= buckets;) {
    const std::uint32_t bucket = (start + distance) % buckets;
    const std::uint64_t word = filled_[bucket / 64] >> (bucket % 64);
    if (word != 0)
      return time_point{(cursor_ + distance + static_cast<std::uint32_t>(std::countr_zero(word))) *
                        tick};
    distance += 64 - bucket % 64;
  }
  return std::nullopt;
}

void deadline_ring::link(std::uint32_t index, std::uint32_t bucket) {
  node& n = nodes_[index];
  n.bucket = bucket;
  n.previous = none;
  n.next = heads_[bucket];
  if (n.next != none) nodes_[n.next].previous = index;
  heads_[bucket] = index;
  if (bucket < buckets) filled_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
}

void deadline_ring::unlink(std::uint32_t index) {
  node& n = nodes_[index];
  if (n.next != none) nodes_[n.next].previous = n.previous;
  if (n.previous != none)
    nodes_[n.previous].next = n.next;
  else
    heads_[n.bucket] = n.next;
  if (heads_[n.bucket] == none && n.bucket < buckets)
    filled_[n.bucket / 64] &= ~(std::uint64_t{1} << (n.bucket % 64));
  n.bucket = none;
}

// Moves what is due into the list of its own; what belongs to a later round of the ring stays.
void deadline_ring::collect(std::int64_t now_tick) {
  if (now_tick < cursor_) return;
  const std::int64_t from = std::max(cursor_, now_tick - buckets + 1);
  for (std::int64_t at = from; at <= now_tick; ++at) {
    const auto bucket = static_cast<std::uint32_t>(at) % buckets;
    std::uint32_t next = none;
    for (std::uint32_t index = heads_[bucket]; index != none; index = next) {
      next = nodes_[index].next;
      if (nodes_[index].at_tick > now_tick) continue;
      unlink(index);
      link(index, due_bucket);
    }
  }
  cursor_ = now_tick + 1;
}

}  // namespace mw::routing

// event_ring: growing storage, and what happens when it may grow no more.
// SPDX-License-Identifier: Apache-2.0
#include "bus/queue/event_ring.h"

#include <mw/assert.h>

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace mw::kernel {
namespace {

constexpr std::uint32_t first_slots = 8;

}  // namespace

// A struct's size is a multiple of its alignment, so events lie side by side as in an array.
event_storage::event_storage(const event_type& type, std::uint32_t count)
    : type_(type),
      slots_(
          static_cast<std::byte*>(::operator new(type.size* count, std::align_val_t(type.align)))),
      count_(count) {
  for (std::uint32_t i = 0; i < count_; ++i) type_.construct(slots_ + type_.size * i);
}

event_storage::~event_storage() {
  for (std::uint32_t i = 0; i < count_; ++i) type_.destroy(slots_ + type_.size * i);
  ::operator delete(slots_, std::align_val_t(type_.align));
}

event_ring::event_ring(const event_type& type, const edge_policy& policy)
    : type_(type), limit_(policy.limit), full_(policy.full) {
  MW_ASSERT(limit_ > 0, "a queue holds at least one event");
  stride = static_cast<std::uint32_t>(type.size);
  adopt(std::make_unique<event_storage>(type, std::bit_ceil(std::min(limit_, first_slots))));
  if (policy.key != nullptr) keys_.emplace(*policy.key, storage_->count());
}

void event_ring::adopt(std::unique_ptr<event_storage> fresh) {
  storage_ = std::move(fresh);
  slots = storage_->slots();
  mask = storage_->count() - 1;
  capacity_ = std::min(storage_->count(), limit_);
  // Publishers on other lanes read this: for them it must stay as it is.
  if (inline_allowed_) inline_room = capacity_;
}

void event_ring::allow_inline() {
  inline_allowed_ = true;
  inline_room = capacity_;
}

void event_ring::forbid_inline() {
  inline_allowed_ = false;
  inline_room = 0;
}

event_ring::outcome event_ring::offer(const void* event) {
  if (keys_ && replace_same_key(event)) return outcome::replaced;
  outcome result = outcome::queued;
  if (waiting() == capacity_ && !make_room()) {
    counter(dropped_).add();
    if (full_ == overflow::drop_newest) return outcome::dropped_newest;
    count_out();
    result = outcome::dropped_oldest;
  }
  if (keys_) keys_->add(*this, first_free(), event);
  type_.assign(slot(last()), event);
  count_in();
  return result;
}

bool event_ring::make_room() {
  if (capacity_ < limit_) {
    relocate(storage_->count() * 2);
    return true;
  }
  // The event that a handler looks at has left the queue, but its slot is in use.
  if (!delivering_ || aside_ != nullptr) return false;
  relocate(storage_->count());
  return true;
}

void event_ring::relocate(std::uint32_t count) {
  std::unique_ptr<event_storage> fresh;
  if (spare_ != nullptr && spare_->count() == count)
    fresh = std::move(spare_);
  else
    fresh = std::make_unique<event_storage>(type_, count);
  for (std::uint64_t i = first_free(); i != last(); ++i)
    type_.assign(fresh->slots() + (i & (count - 1)) * stride, slot(i));
  if (delivering_ && aside_ == nullptr) {
    count_out();
    aside_ = std::move(storage_);
  }
  adopt(std::move(fresh));
  if (keys_) keys_->rebuild(*this, first_free(), count);
}

bool event_ring::replace_same_key(const void* event) {
  const std::optional<std::uint64_t> position = keys_->find(*this, first_free(), event);
  if (position) type_.assign(slot(*position), event);
  return position.has_value();
}

const void* event_ring::begin_delivery() {
  MW_DEBUG_ASSERT(waiting() > 0 && !delivering_, "one event of a queue is delivered at a time");
  delivering_ = true;
  return slot(first());
}

void event_ring::end_delivery() {
  delivering_ = false;
  if (aside_ == nullptr)
    count_out();
  else
    spare_ = std::move(aside_);
}

void event_ring::exchange(event_ring& other) {
  MW_DEBUG_ASSERT(!delivering_ && !other.delivering_, "delivered events keep their place");
  const std::uint64_t my_first = first();
  const std::uint64_t my_last = last();
  head.store(other.first(), std::memory_order_relaxed);
  tail.store(other.last(), std::memory_order_relaxed);
  other.head.store(my_first, std::memory_order_relaxed);
  other.tail.store(my_last, std::memory_order_relaxed);
  std::unique_ptr<event_storage> mine = std::move(storage_);
  adopt(std::move(other.storage_));
  other.adopt(std::move(mine));
  keys_.swap(other.keys_);
}

}  // namespace mw::kernel

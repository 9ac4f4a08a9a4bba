// bus_edge: growing rings and the overflow policies.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_edge.h"

#include <mw/assert.h>

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace mw::kernel {
namespace {

constexpr std::uint32_t first_slots = 8;

std::uint32_t stride_of(const event_type& type) {
  return static_cast<std::uint32_t>((type.size + type.align - 1) / type.align * type.align);
}

bool same_value(const field_value& a, const field_value& b) {
  return a.boolean == b.boolean && a.integer == b.integer && a.natural == b.natural &&
         a.real == b.real && a.text == b.text;
}

}  // namespace

event_ring::storage::storage(const event_type& t, std::uint32_t n)
    : type(&t),
      slots(static_cast<std::byte*>(
          ::operator new (std::size_t{stride_of(t)} * n, std::align_val_t(t.align)))),
      count(n) {
  for (std::uint32_t i = 0; i < count; ++i) type->construct(slots + std::size_t{i} * stride_of(t));
}

event_ring::storage::~storage() {
  for (std::uint32_t i = 0; i < count; ++i)
    type->destroy(slots + std::size_t{i} * stride_of(*type));
  ::operator delete(slots, std::align_val_t(type->align));
}

event_ring::event_ring(const event_type& type, std::uint32_t limit) : limit_(limit) {
  stride = stride_of(type);
  adopt(std::make_unique<storage>(type, std::bit_ceil(std::min(limit, first_slots))));
}

event_ring::~event_ring() = default;

void event_ring::adopt(std::unique_ptr<storage> fresh) {
  storage_ = std::move(fresh);
  slots = storage_->slots;
  mask = storage_->count - 1;
  capacity = std::min(storage_->count, limit_);
}

bool event_ring::grow(std::unique_ptr<storage>& retired) {
  if (capacity >= limit_) return false;
  auto bigger = std::make_unique<storage>(*storage_->type, storage_->count * 2);
  for (std::uint64_t i = head; i != tail; ++i)
    storage_->type->assign(bigger->slots + (i & (bigger->count - 1)) * stride, slot(i));
  retired = std::move(storage_);
  adopt(std::move(bigger));
  return true;
}

void event_ring::put(const void* event) {
  MW_DEBUG_ASSERT(waiting() < capacity, "put() is called with room");
  storage_->type->assign(slot(tail), event);
  ++tail;
}

void event_ring::exchange(event_ring& other) {
  std::swap(static_cast<event_queue&>(*this).slots, other.slots);
  std::swap(head, other.head);
  std::swap(tail, other.tail);
  std::swap(mask, other.mask);
  std::swap(capacity, other.capacity);
  std::swap(storage_, other.storage_);
}

bus_edge::bus_edge(const event_type& t, std::string publisher, subscription_state& subscriber,
                   edge_policy with, bool crosses_lanes)
    : event_ring(t, with.limit),
      type(t),
      from(std::move(publisher)),
      to(subscriber),
      policy(std::move(with)),
      crosses(crosses_lanes) {
  plain = !crosses && !policy.where && policy.key == nullptr;
}

bus_edge::outcome bus_edge::offer(const void* event, std::unique_ptr<storage>& retired) {
  if (policy.where && !policy.where->matches(event)) return outcome::filtered;
  if (policy.key != nullptr && replace_same_key(event)) return outcome::replaced;
  if (waiting() < capacity || grow(retired)) {
    put(event);
    return outcome::queued;
  }
  counter(dropped).add();  // one lane writes it
  // The event that a handler is looking at right now cannot be dropped any more.
  if (policy.full == overflow::drop_newest || delivering) return outcome::dropped_newest;
  ++head;
  put(event);
  return outcome::dropped_oldest;
}

bool bus_edge::replace_same_key(const void* event) {
  const field_value wanted = policy.key->get(event);
  for (std::uint64_t i = head + (delivering ? 1 : 0); i < tail; ++i) {
    if (!same_value(policy.key->get(slot(i)), wanted)) continue;
    type.assign(slot(i), event);
    return true;
  }
  return false;
}

}  // namespace mw::kernel

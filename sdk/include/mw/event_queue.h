// event_queue: the memory layout that publishers fill inline and the kernel drains.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace mw {

// A ring of constructed events that wait for one subscription. Slots are assigned, never rebuilt: a
// std::string in a slot keeps its capacity, so a steady stream of events does not allocate.
struct event_queue {
  std::byte* slots = nullptr;
  std::uint64_t head = 0;  // events taken out so far (delivered or dropped)
  std::uint64_t tail = 0;  // events put in so far
  std::uint32_t mask = 0;
  std::uint32_t stride = 0;
  std::uint32_t capacity = 0;  // what YAML allows; at most mask + 1
  bool plain = false;          // same lane, no filter, no coalescing: publishers may fill it inline

  [[nodiscard]] bool accepts_inline() const { return plain && tail - head < capacity; }
  [[nodiscard]] void* slot(std::uint64_t index) const { return slots + (index & mask) * stride; }
};

// The order in which a lane's queues received their events, so that a publisher's events arrive in
// the order it published them, across topics.
struct delivery_order {
  event_queue** entries = nullptr;
  std::uint64_t head = 0;
  std::uint64_t tail = 0;
  std::uint64_t mask = 0;

  [[nodiscard]] bool has_room() const { return tail - head <= mask; }
  void push(event_queue* queue) { entries[tail++ & mask] = queue; }
};

// One topic as one plug-in publishes it.
struct event_channel {
  event_queue** subscribers = nullptr;
  std::uint32_t subscriber_count = 0;
  std::uint64_t published = 0;
  delivery_order* order = nullptr;
  // Everything the inline path does not do: filters, other lanes, full queues, overflow policies.
  void (*publish_slowly)(event_channel& channel, event_queue& queue, const void* event) = nullptr;
};

}  // namespace mw

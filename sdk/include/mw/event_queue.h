// event_queue: the memory layout that publishers fill inline and the kernel drains.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace mw {

// A ring of constructed events that wait for one subscription. Slots are assigned, never rebuilt: a
// std::string in a slot keeps its capacity, so a steady stream of events does not allocate.
struct event_queue {
  std::byte* slots = nullptr;
  // Written by the queue's lane with plain stores; other lanes read them for reports.
  std::atomic<std::uint64_t> head{0};  // events taken out so far (delivered or dropped)
  std::atomic<std::uint64_t> tail{0};  // events put in so far
  std::uint32_t mask = 0;
  std::uint32_t stride = 0;
  // How many events publishers may let wait without a call into the kernel; 0 for queues on other
  // lanes, with a filter, or with coalescing.
  std::uint32_t inline_room = 0;

  [[nodiscard]] std::uint64_t first() const { return head.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t last() const { return tail.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t waiting() const { return last() - first(); }
  [[nodiscard]] void* slot(std::uint64_t index) const { return slots + (index & mask) * stride; }
  void count_in() { tail.store(last() + 1, std::memory_order_relaxed); }
  void count_out() { head.store(first() + 1, std::memory_order_relaxed); }
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
  delivery_order* order = nullptr;
  // Everything the inline path does not do: filters, other lanes, full queues, overflow policies.
  void (*publish_slowly)(event_channel& channel, event_queue& queue, const void* event) = nullptr;
};

}  // namespace mw

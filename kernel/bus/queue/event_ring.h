// event_ring: a bounded queue of events of one type with its overflow policies.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_rules.h"
#include "bus/filter/filter.h"
#include "bus/queue/key_index.h"

#include <mw/bus.h>
#include <mw/metrics.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace mw::kernel {

// What a rule says about one edge.
struct edge_policy {
  std::uint32_t limit = queue_section::default_size;
  overflow full = overflow::drop_oldest;
  std::optional<filter> where;
  const field_info* key = nullptr;  // of coalescing
};

// Constructed events in one piece of memory.
class event_storage {
 public:
  event_storage(const event_type& type, std::uint32_t count);
  event_storage(const event_storage&) = delete;
  event_storage& operator=(const event_storage&) = delete;
  ~event_storage();

  [[nodiscard]] std::byte* slots() const { return slots_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }

 private:
  const event_type& type_;
  std::byte* slots_;
  std::uint32_t count_;
};

// Starts small and grows to its limit, so that a thousand quiet edges cost little. Not safe between
// threads, apart from the counters.
class event_ring : public event_queue {
 public:
  enum class outcome : std::uint8_t { queued, replaced, dropped_oldest, dropped_newest };

  event_ring(const event_type& type, const edge_policy& policy);
  event_ring(const event_ring&) = delete;
  event_ring& operator=(const event_ring&) = delete;
  ~event_ring() = default;

  // Queues a copy of `event`, or does what the policy says when the ring is full.
  outcome offer(const void* event);

  // The oldest event, which stays where it is until end_delivery() whatever is offered meanwhile.
  [[nodiscard]] const void* begin_delivery();
  void end_delivery();
  [[nodiscard]] bool delivering() const { return delivering_; }

  void clear() { head.store(last(), std::memory_order_relaxed); }
  // Swaps the waiting events with a ring of the same type and policy; neither is delivering.
  void exchange(event_ring& other);
  // Whether publishers may fill this ring without asking; at first they may not.
  void allow_inline();
  void forbid_inline();
  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  void adopt(std::unique_ptr<event_storage> fresh);
  void relocate(std::uint32_t count);
  [[nodiscard]] bool make_room();
  [[nodiscard]] bool replace_same_key(const void* event);
  // Where the first event is that may still be changed.
  [[nodiscard]] std::uint64_t first_free() const {
    return first() + (delivering_ && aside_ == nullptr ? 1 : 0);
  }

  const event_type& type_;
  const std::uint32_t limit_;
  const overflow full_;
  std::optional<key_index> keys_;  // of coalescing
  std::uint32_t capacity_ = 0;     // of the present storage
  bool inline_allowed_ = false;
  bool delivering_ = false;
  std::unique_ptr<event_storage> storage_;
  std::unique_ptr<event_storage> aside_;  // old storage whose first event is being delivered
  std::unique_ptr<event_storage> spare_;  // for the next time that happens
  metric_cell dropped_{0};
};

}  // namespace mw::kernel

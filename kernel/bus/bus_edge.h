// bus_edge: the bounded queue between one publisher and one subscription.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_rules.h"
#include "bus/filter/filter.h"
#include "platform/platform.h"

#include <mw/bus.h>
#include <mw/metrics.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mw::kernel {

struct subscription_state;

// A ring of constructed events. It starts small and grows to its limit, so that a thousand quiet
// edges cost little. All calls belong to one lane.
class event_ring : public event_queue {
 public:
  event_ring(const event_type& type, std::uint32_t limit);
  event_ring(const event_ring&) = delete;
  event_ring& operator=(const event_ring&) = delete;
  ~event_ring();

  [[nodiscard]] std::uint64_t waiting() const { return tail - head; }
  // Makes room by growing; false at the limit. The old slots stay readable until `retired` is
  // destroyed: a handler may be looking at one.
  struct storage {
    const event_type* type;
    std::byte* slots;
    std::uint32_t count;
    storage(const event_type& t, std::uint32_t n);
    storage(const storage&) = delete;
    storage& operator=(const storage&) = delete;
    ~storage();
  };
  [[nodiscard]] bool grow(std::unique_ptr<storage>& retired);
  // Needs room.
  void put(const void* event);
  void exchange(event_ring& other);

 protected:
  void adopt(std::unique_ptr<storage> fresh);

  std::unique_ptr<storage> storage_;
  std::uint32_t limit_;
};

// What a rule says about one edge.
struct edge_policy {
  std::uint32_t limit = queue_section::default_size;
  overflow full = overflow::drop_oldest;
  std::optional<filter> where;
  const field_info* key = nullptr;
};

class bus_edge final : public event_ring {
 public:
  bus_edge(const event_type& type, std::string from, subscription_state& to, edge_policy with,
           bool crosses);

  enum class outcome : std::uint8_t { queued, replaced, dropped_oldest, dropped_newest, filtered };
  // Applies filter, coalescing and overflow policy. `retired` takes slots that growing left behind.
  outcome offer(const void* event, std::unique_ptr<storage>& retired);

  const event_type& type;
  std::string from;
  subscription_state& to;
  edge_policy policy;
  bool crosses;  // publisher and subscriber live on different lanes

  // Bookkeeping of the subscriber's lane. Entries of this edge in the delivery order plus `parked`
  // equal waiting events plus `ghosts`.
  std::uint64_t ghosts = 0;  // order entries whose event was dropped
  std::uint64_t parked = 0;  // events that a paused subscriber let pass
  metric_cell delivered{0};  // read by other lanes for metrics
  metric_cell dropped{0};
  bool orphan = false;  // the publisher is gone; what it sent is still delivered
  bool delivering = false;

  // For finding slow subscribers: caught up once `head` reaches `mark`.
  std::uint64_t mark = 0;
  std::optional<time_point> behind_since;
  bool reported = false;

 private:
  [[nodiscard]] bool replace_same_key(const void* event);
};

}  // namespace mw::kernel

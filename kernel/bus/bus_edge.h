// bus_edge: the path of events from one publisher to one subscription.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/queue/event_ring.h"

#include <mw/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mw::kernel {

struct subscription_state;

// Counts one ghost off; see place_list.
inline bool take_ghost(std::uint64_t& ghosts) {
  if (ghosts == 0) return false;
  --ghosts;
  return true;
}

// The part of an edge that lies between two lanes. `inbound` is filled by the publisher's lane
// under the inbox lock; the subscriber's lane swaps it with `arrived`, which is empty between
// turns.
struct lane_crossing {
  lane_crossing(const event_type& type, const edge_policy& policy)
      : inbound(type, policy), arrived(type, policy) {}
  event_ring inbound;
  std::uint64_t inbound_ghosts = 0;
  event_ring arrived;
  std::uint64_t arrived_ghosts = 0;
};

// The ring itself holds what waits on the subscriber's lane; everything not said otherwise belongs
// to that lane.
class bus_edge final : public event_ring {
 public:
  bus_edge(const event_type& of, std::string publisher, subscription_state& subscriber,
           edge_policy with, bool crosses_lanes)
      : event_ring(of, with),
        type(of),
        from(std::move(publisher)),
        to(subscriber),
        policy(std::move(with)) {
    if (crosses_lanes) crossing = std::make_unique<lane_crossing>(of, policy);
  }

  // Nothing to look at but room: publishers on the same lane may fill it inline.
  [[nodiscard]] bool simple() const {
    return crossing == nullptr && !policy.where && policy.key == nullptr;
  }

  // From any thread:
  [[nodiscard]] bool lets_pass(const void* event) const {
    return !policy.where || policy.where->matches(event);
  }
  [[nodiscard]] std::uint64_t waiting_anywhere() const {
    return waiting() + (crossing != nullptr ? crossing->inbound.waiting() : 0);
  }
  [[nodiscard]] std::uint64_t dropped_anywhere() const {
    return dropped() + (crossing != nullptr ? crossing->inbound.dropped() : 0);
  }

  const event_type& type;
  const std::string from;
  subscription_state& to;
  const edge_policy policy;
  std::unique_ptr<lane_crossing> crossing;  // null when both ends live on one lane

  std::uint64_t ghosts = 0;  // oldest places of this edge on its lane whose events were dropped
  metric_cell delivered{0};

  bool orphan = false;  // the publisher is gone; what it sent is still delivered. Bus lock.

  // For finding slow subscribers, on the lane that watches this edge: caught up once `delivered`
  // reaches `mark`.
  std::uint64_t mark = 0;
  std::optional<time_point> behind_since;
  bool reported = false;
};

}  // namespace mw::kernel

// bus_inbox: copying events in and swapping them out.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_inbox.h"

#include "bus/bus_lane.h"

#include <algorithm>

namespace mw::kernel {

bool bus_inbox::accept(bus_edge& edge, const void* event) {
  lane_crossing& crossing = *edge.crossing;
  const std::lock_guard lock(mutex_);
  if (edge.to.ended.load(std::memory_order_relaxed)) return false;
  const bool first_of_edge = crossing.inbound.waiting() == 0;
  switch (crossing.inbound.offer(event)) {
    case event_ring::outcome::dropped_oldest:
      if (places_.only(edge)) return false;
      ++crossing.inbound_ghosts;
      break;
    case event_ring::outcome::queued:
      break;
    default:
      return false;  // it took no place of its own
  }
  places_.push(edge, [](bus_edge& e) { return take_ghost(e.crossing->inbound_ghosts); });
  if (!first_of_edge) return false;
  edges_.push_back(&edge);
  return edges_.size() == 1;
}

bool bus_inbox::swap() {
  const std::lock_guard lock(mutex_);
  if (edges_.empty()) return false;
  for (bus_edge* edge : edges_) {
    lane_crossing& crossing = *edge->crossing;
    crossing.arrived.exchange(crossing.inbound);
    crossing.arrived_ghosts = std::exchange(crossing.inbound_ghosts, 0);
  }
  edges_.clear();
  taken_.swap(places_);
  return true;
}

void bus_inbox::forget(const bus_edge& edge) {
  const std::lock_guard lock(mutex_);
  edge.crossing->inbound.clear();
  std::erase(edges_, &edge);
  places_.forget(edge);
}

}  // namespace mw::kernel

// bus_lane: delivery in publishing order, safe against everything a handler may do.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_lane.h"

#include <mw/assert.h>

#include <algorithm>
#include <utility>

namespace mw::kernel {
namespace {

constexpr std::size_t first_order = 64;

}  // namespace

// Events that another lane published and this lane has not taken yet. Guarded by the inbox lock.
struct bus_lane::inbound_queue {
  explicit inbound_queue(bus_edge& to) : edge(&to), ring(to.type, to.policy.limit) {}
  bus_edge* edge;
  event_ring ring;
};

bus_lane::bus_lane(lane& at, std::size_t index) : lane_(at), index_(index), entries_(first_order) {
  order_.entries = entries_.data();
  order_.mask = entries_.size() - 1;
}

bus_lane::~bus_lane() = default;

void bus_lane::offer(bus_edge& edge, const void* event) {
  std::unique_ptr<event_ring::storage> old_slots;
  switch (edge.offer(event, old_slots)) {
    case bus_edge::outcome::queued:
      push(edge);
      break;
    case bus_edge::outcome::dropped_oldest:
      // A paused subscriber: the new event takes the parked place of the dropped one.
      if (edge.to.paused && edge.parked > 0) break;
      // The dropped event's place in the order is met later and skipped, or was parked already.
      if (edge.parked > 0)
        --edge.parked;
      else
        ++edge.ghosts;
      push(edge);
      break;
    default:
      break;
  }
  if (old_slots != nullptr && edge.delivering) retired_slots_.push_back(std::move(old_slots));
}

void bus_lane::push(event_queue& queue) {
  if (!order_.has_room()) make_room();
  order_.push(&queue);
}

// First throws out the places of dropped events; grows only when most places are real, so that a
// flood into one small queue does not grow the order without end.
void bus_lane::make_room() {
  std::vector<event_queue*> kept;
  kept.reserve(entries_.size());
  std::uint64_t kept_in_round = 0;
  for (std::uint64_t i = order_.head; i != order_.tail; ++i) {
    auto* edge = static_cast<bus_edge*>(order_.entries[i & order_.mask]);
    if (edge == nullptr) continue;
    if (edge->ghosts > 0) {
      --edge->ghosts;
      continue;
    }
    kept.push_back(edge);
    if (i < round_end_) ++kept_in_round;
  }
  const std::size_t count = kept.size();
  kept.resize(count * 2 > entries_.size() ? entries_.size() * 2 : entries_.size());
  entries_ = std::move(kept);
  order_ = {.entries = entries_.data(), .head = 0, .tail = count, .mask = entries_.size() - 1};
  round_end_ = kept_in_round;
}

void bus_lane::accept(bus_edge& edge, const void* event) {
  bool wake = false;
  {
    const std::lock_guard lock(inbox_mutex_);
    if (edge.to.ended.load(std::memory_order_relaxed)) return;
    auto found = std::find_if(inbox_.begin(), inbox_.end(),
                              [&](const auto& queue) { return queue->edge == &edge; });
    if (found == inbox_.end()) found = inbox_.insert(found, std::make_unique<inbound_queue>(edge));
    event_ring& ring = (*found)->ring;
    if (edge.policy.where && !edge.policy.where->matches(event)) return;
    std::unique_ptr<event_ring::storage> old_slots;  // nobody looks at inbound slots
    if (ring.waiting() < ring.capacity || ring.grow(old_slots)) {
      ring.put(event);
    } else {
      edge.dropped.fetch_add(1, std::memory_order_relaxed);
      if (edge.policy.full == overflow::drop_newest) return;
      ++ring.head;
      ring.put(event);
    }
    wake = !std::exchange(inbox_pending_, true);
  }
  if (wake) lane_.outside().wake();
}

void bus_lane::take_inbox() {
  const std::lock_guard lock(inbox_mutex_);
  if (!std::exchange(inbox_pending_, false)) return;
  for (const std::unique_ptr<inbound_queue>& inbound : inbox_) {
    bus_edge& edge = *inbound->edge;
    event_ring& ring = inbound->ring;
    if (edge.waiting() == 0 && !edge.delivering) {
      MW_DEBUG_ASSERT(edge.ghosts == 0 && edge.parked == 0, "an empty queue has no places");
      edge.exchange(ring);
      for (std::uint64_t i = 0; i < edge.waiting(); ++i) push(edge);
      continue;
    }
    while (ring.waiting() > 0) {
      std::unique_ptr<event_ring::storage> old_slots;
      const bool room = edge.waiting() < edge.capacity || edge.grow(old_slots);
      if (old_slots != nullptr && edge.delivering) retired_slots_.push_back(std::move(old_slots));
      if (!room) break;  // a paused subscriber: the rest waits here, where the policy applies
      edge.put(ring.slot(ring.head++));
      push(edge);
    }
    if (ring.waiting() > 0) inbox_pending_ = true;
  }
}

std::size_t bus_lane::drain() {
  MW_ASSERT(!draining_, "handlers do not drain the bus");
  take_inbox();
  draining_ = true;
  round_end_ = order_.tail;
  while (order_.head != round_end_) {
    auto* edge = static_cast<bus_edge*>(order_.entries[order_.head++ & order_.mask]);
    if (edge == nullptr) continue;
    if (edge->ghosts > 0)
      --edge->ghosts;
    else if (edge->to.paused)
      ++edge->parked;
    else
      deliver(*edge);
  }
  draining_ = false;
  round_end_ = 0;
  retired_edges_.clear();
  retired_states_.clear();
  retired_slots_.clear();
  return order_.tail - order_.head;
}

void bus_lane::deliver(bus_edge& edge) {
  MW_DEBUG_ASSERT(edge.waiting() > 0, "each place in the order has an event");
  subscription_state& to = edge.to;
  const void* event = edge.slot(edge.head);
  edge.delivering = true;
  if (to.handler)
    to.handler(event);
  else
    to.tap_handler({edge.type, event, edge.from, lane_.outside().wall_now()});
  // The handler may have ended the subscription: then the edge waits in retired_edges_ until the
  // round is over and is still safe to touch.
  edge.delivering = false;
  ++edge.head;
  counter(edge.delivered).add();
}

void bus_lane::resume(subscription_state& state) {
  if (!std::exchange(state.paused, false)) return;
  for (const std::shared_ptr<bus_edge>& edge : state.edges)
    for (; edge->parked > 0; --edge->parked) push(*edge);
  const std::lock_guard lock(inbox_mutex_);
  inbox_pending_ = inbox_pending_ || !inbox_.empty();
  lane_.outside().wake();
}

void bus_lane::retire(std::shared_ptr<bus_edge> edge) {
  for (std::uint64_t i = order_.head; i != order_.tail; ++i) {
    event_queue*& entry = order_.entries[i & order_.mask];
    if (entry == edge.get()) entry = nullptr;
  }
  forget_inbound(*edge);
  if (draining_) retired_edges_.push_back(std::move(edge));
}

void bus_lane::retire(std::shared_ptr<subscription_state> state) {
  if (draining_) retired_states_.push_back(std::move(state));
}

std::uint64_t bus_lane::inbound(const bus_edge& edge) const {
  const std::lock_guard lock(inbox_mutex_);
  for (const auto& queue : inbox_)
    if (queue->edge == &edge) return queue->ring.waiting();
  return 0;
}

void bus_lane::forget_inbound(const bus_edge& edge) {
  const std::lock_guard lock(inbox_mutex_);
  std::erase_if(inbox_, [&](const auto& queue) { return queue->edge == &edge; });
}

}  // namespace mw::kernel

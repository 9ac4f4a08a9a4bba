// bus_lane: delivery in publishing order, safe against everything a handler may do.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_lane.h"

#include <mw/assert.h>

#include <utility>

namespace mw::kernel {
namespace {

constexpr std::size_t first_entries = 64;

bool ghost_of(bus_edge& edge) {
  return take_ghost(edge.ghosts);
}

}  // namespace

bus_lane::bus_lane(lane& at, std::size_t index)
    : lane_(at), index_(index), entries_(first_entries) {
  order_.entries = entries_.data();
  order_.mask = entries_.size() - 1;
}

bus_lane::~bus_lane() = default;

void bus_lane::offer(bus_edge& edge, const void* event) {
  if (edge.lets_pass(event)) put(edge, event);
}

void bus_lane::put(bus_edge& edge, const void* event) {
  switch (edge.offer(event)) {
    case event_ring::outcome::dropped_oldest:
      if (edge.to.paused && edge.to.parked.only(edge)) break;
      ++edge.ghosts;  // its place comes up later and is skipped
      push(edge);
      break;
    case event_ring::outcome::queued:
      push(edge);
      break;
    case event_ring::outcome::replaced:
    case event_ring::outcome::dropped_newest:
      break;
  }
}

void bus_lane::push(bus_edge& edge) {
  if (edge.to.paused) return edge.to.parked.push(edge, ghost_of);
  if (!order_.has_room()) make_room();
  order_.push(&edge);
}

// Throws out what needs no place in the order; grows only when most places are real, so that a
// flood into one small queue does not grow the order without end.
void bus_lane::make_room() {
  std::uint64_t kept = order_.head;
  std::uint64_t kept_in_round = order_.head;
  for (std::uint64_t i = order_.head; i != order_.tail; ++i) {
    event_queue* entry = order_.entries[i & order_.mask];
    if (entry == nullptr || ghost_of(static_cast<bus_edge&>(*entry))) continue;
    order_.entries[kept++ & order_.mask] = entry;
    if (i < round_end_) kept_in_round = kept;
  }
  order_.tail = kept;
  round_end_ = kept_in_round;
  if ((kept - order_.head) * 2 < entries_.size()) return;
  std::vector<event_queue*> bigger(entries_.size() * 2);
  const std::uint64_t mask = bigger.size() - 1;
  for (std::uint64_t i = order_.head; i != order_.tail; ++i)
    bigger[i & mask] = order_.entries[i & order_.mask];
  entries_.swap(bigger);
  order_.entries = entries_.data();
  order_.mask = mask;
}

void bus_lane::accept(bus_edge& edge, const void* event) {
  if (edge.lets_pass(event) && inbox_.accept(edge, event)) lane_.outside().wake();
}

// Called for each event that arrived, in the order of arrival. Where nothing waits yet, the whole
// ring changes hands at the first of them and only the places are left to take.
void bus_lane::take_arrived(bus_edge& edge) {
  event_ring& arrived = edge.crossing->arrived;
  if (edge.waiting() == 0) edge.exchange(arrived);
  if (arrived.waiting() == 0) return push(edge);
  put(edge, arrived.slot(arrived.first()));
  arrived.count_out();
}

std::size_t bus_lane::drain() {
  MW_ASSERT(!draining_, "handlers do not drain the bus");
  inbox_.take_all([this](bus_edge& edge) { take_arrived(edge); });
  draining_ = true;
  round_end_ = order_.tail;
  while (order_.head != round_end_) {
    event_queue* entry = order_.entries[order_.head++ & order_.mask];
    if (entry == nullptr) continue;
    auto& edge = static_cast<bus_edge&>(*entry);
    if (!ghost_of(edge)) deliver(edge);
  }
  end_round();
  return order_.tail - order_.head;
}

void bus_lane::deliver(bus_edge& edge) {
  subscription_state& to = edge.to;
  const void* event = edge.begin_delivery();
  const lane_occupant here = lane_.occupy(to.client);
  if (to.handler)
    to.handler(event);
  else
    to.tap_handler({edge.type, event, edge.from, lane_.outside().wall_now()});
  // The handler may have ended the subscription: then the edge is kept until the round is over.
  edge.end_delivery();
  counter(edge.delivered).add();
}

// What handlers own may end further subscriptions when it is destroyed.
void bus_lane::end_round() {
  draining_ = false;
  const auto edges = std::exchange(retired_edges_, {});
  const auto states = std::exchange(retired_states_, {});
  for (const std::shared_ptr<subscription_state>& state : states) retire(state);
}

// Places move out of the order at once and publishers lose their short cut into it: a queue that
// nobody reads costs them a copy, and the lane nothing.
void bus_lane::pause(subscription_state& state) {
  if (std::exchange(state.paused, true)) return;
  for (bus_edge* edge : state.nearby) edge->forbid_inline();
  for (std::uint64_t i = order_.head; i != order_.tail; ++i) {
    event_queue*& entry = order_.entries[i & order_.mask];
    if (entry == nullptr || &static_cast<bus_edge*>(entry)->to != &state) continue;
    state.parked.push(static_cast<bus_edge&>(*entry), ghost_of);
    entry = nullptr;
  }
}

void bus_lane::resume(subscription_state& state) {
  if (!std::exchange(state.paused, false)) return;
  for (bus_edge* edge : state.nearby)
    if (edge->simple()) edge->allow_inline();
  state.parked.take_all(ghost_of, [this](bus_edge& edge) { push(edge); });
  lane_.outside().wake();
}

void bus_lane::join(bus_edge& edge) {
  edge.to.nearby.push_back(&edge);
  if (edge.simple() && !edge.to.paused) edge.allow_inline();
}

void bus_lane::leave(bus_edge& edge) {
  std::erase(edge.to.nearby, &edge);
}

void bus_lane::retire(std::shared_ptr<bus_edge> edge) {
  for (std::uint64_t i = order_.head; i != order_.tail; ++i) {
    event_queue*& entry = order_.entries[i & order_.mask];
    if (entry == edge.get()) entry = nullptr;
  }
  if (edge->crossing != nullptr) inbox_.forget(*edge);
  if (draining_) retired_edges_.push_back(std::move(edge));
}

void bus_lane::retire(std::shared_ptr<subscription_state> state) {
  if (draining_) return retired_states_.push_back(std::move(state));
  state->handler = nullptr;
  state->tap_handler = nullptr;
}

}  // namespace mw::kernel

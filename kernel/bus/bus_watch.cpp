// bus_watch: who does not keep up, and what all edges have counted.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_service.h"
#include "bus/event_bus.h"

#include <algorithm>

namespace mw::kernel {
namespace {

constexpr duration slow_after = 700ms;  // plus at most one watch period: named within a second

}  // namespace

void event_bus::watch(std::size_t lane, time_point now) {
  std::vector<slow_subscriber> found;
  {
    const std::lock_guard lock(mutex_);
    for (const state_ptr& state : subscriptions_) {
      const bool here = state->home.index() == lane;
      if (here) prune(*state);
      for (const edge_ptr& edge : state->edges) {
        // A stuck lane cannot watch itself: edges between lanes are watched from lane 0.
        if (edge->crossing != nullptr ? lane == 0 : here) watch_edge(*edge, now, found);
      }
    }
  }
  // Without the lock: reports are events themselves.
  for (const slow_subscriber& slow : found) slow_(slow);
}

// Forgets edges whose publisher is gone, once everything it sent was delivered.
void event_bus::prune(subscription_state& state) {
  std::erase_if(state.edges, [&](const edge_ptr& edge) {
    if (!edge->orphan || edge->delivering() || edge->waiting_anywhere() > 0) return false;
    remember(*edge);
    state.home.leave(*edge);
    return true;
  });
}

// Counts deliveries and not the queue's head, which drops move on as well.
void event_bus::watch_edge(bus_edge& edge, time_point now, std::vector<slow_subscriber>& found) {
  const std::uint64_t waiting = edge.waiting_anywhere();
  const std::uint64_t delivered = edge.delivered.load(std::memory_order_relaxed);
  if (waiting == 0 || (edge.behind_since && delivered >= edge.mark)) {
    edge.behind_since.reset();
    edge.reported = false;
  }
  if (waiting == 0) return;
  if (!edge.behind_since) {
    edge.behind_since = now;
    edge.mark = delivered + waiting;
    return;
  }
  const duration age = now - *edge.behind_since;
  if (edge.reported || age < slow_after) return;
  edge.reported = true;
  found.push_back({.plugin = edge.to.client,
                   .slow_topic = std::string(edge.type.topic),
                   .waiting = waiting,
                   .age = age});
}

void event_bus::remember(const bus_edge& ended) {
  edge_info& sum = ended_[{std::string(ended.type.topic), ended.from, ended.to.client}];
  sum.delivered += ended.delivered.load(std::memory_order_relaxed);
  sum.dropped += ended.dropped_anywhere();
}

std::vector<edge_info> event_bus::edges() const {
  const std::lock_guard lock(mutex_);
  std::map<edge_name, edge_info> present;
  for (const state_ptr& state : subscriptions_) {
    for (const edge_ptr& edge : state->edges) {
      const edge_name name{edge->type.topic, edge->from, state->client};
      auto [at, fresh] = present.try_emplace(name);
      edge_info& sum = at->second;
      if (const auto before = ended_.find(name); fresh && before != ended_.end())
        sum = before->second;
      std::tie(sum.topic, sum.from, sum.to) = name;
      sum.capacity = edge->policy.limit;
      sum.full = edge->policy.full;
      sum.delivered += edge->delivered.load(std::memory_order_relaxed);
      sum.dropped += edge->dropped_anywhere();
      sum.waiting += edge->waiting_anywhere();
    }
  }
  std::vector<edge_info> all;
  for (auto& [name, sum] : present) all.push_back(std::move(sum));
  return all;
}

}  // namespace mw::kernel

// bus_watch: which rule holds for an edge, who does not keep up, and what all edges have counted.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_service.h"
#include "bus/event_bus.h"

#include <algorithm>
#include <variant>

namespace mw::kernel {
namespace {

constexpr duration slow_after = 700ms;  // plus at most one watch period: named within a second

bool names(const std::vector<std::string>& list, std::string_view name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

}  // namespace

bool event_bus::policy_for(const channel_record& channel, const subscription_state& state,
                           edge_policy& policy) {
  std::string_view where;
  if (state.type == nullptr) {
    if (!topic_matches(state.pattern, channel.type.topic)) return false;
    policy.limit = state.size;
    where = state.where;
  } else {
    if (state.type->topic != channel.type.topic) return false;
    bool ruled = false;
    const bus_rule* match = nullptr;
    for (const bus_rule& rule : rules_) {
      if (!topic_matches(rule.on, channel.type.topic)) continue;
      ruled = true;
      if (match == nullptr && names(rule.from, channel.client) && names(rule.to, state.client))
        match = &rule;
    }
    if (ruled && match == nullptr) return false;
    if (match != nullptr) {
      policy.full = match->queue.full;
      policy.limit = policy.full == overflow::latest ? 1 : match->queue.size;
      where = match->where;
      for (const field_info& field : channel.type.fields)
        if (policy.full == overflow::coalesce && field.name == match->queue.key)
          policy.key = &field;
    }
  }
  if (where.empty()) return true;
  auto compiled = compile_filter(where, channel.type.fields);
  // A tap over many topics skips those that do not have the field; rules were checked with the
  // YAML.
  if (!std::holds_alternative<filter>(compiled)) return false;
  policy.where = std::move(std::get<filter>(compiled));
  return true;
}

void event_bus::watch(std::size_t lane, time_point now) {
  const std::lock_guard lock(mutex_);
  for (const state_ptr& state : subscriptions_) {
    const bool here = state->home.index() == lane;
    if (here) {
      std::erase_if(state->edges, [](const edge_ptr& edge) {
        return edge->orphan && !edge->crosses && edge->waiting() == 0 && edge->ghosts == 0;
      });
    }
    for (const edge_ptr& edge : state->edges) {
      // A stuck lane cannot watch itself: edges between lanes are watched from lane 0.
      if (edge->crosses ? lane == 0 : here) watch_edge(*edge, now);
    }
  }
}

void event_bus::watch_edge(bus_edge& edge, time_point now) {
  const std::uint64_t waiting = edge.crosses ? edge.to.home.inbound(edge) : edge.waiting();
  const std::uint64_t taken =
      edge.crosses ? edge.delivered.load(std::memory_order_relaxed) : edge.head;
  if (waiting == 0 || (edge.behind_since && taken >= edge.mark)) {
    edge.behind_since.reset();
    edge.reported = false;
  }
  if (waiting == 0) return;
  if (!edge.behind_since) {
    edge.behind_since = now;
    edge.mark = taken + waiting;
    return;
  }
  const duration age = now - *edge.behind_since;
  if (edge.reported || age < slow_after) return;
  edge.reported = true;
  slow_({.plugin = edge.to.client,
         .slow_topic = std::string(edge.type.topic),
         .waiting = waiting,
         .age = age});
}

std::vector<edge_info> event_bus::edges() const {
  const std::lock_guard lock(mutex_);
  std::vector<edge_info> all;
  for (const state_ptr& state : subscriptions_) {
    for (const edge_ptr& edge : state->edges) {
      all.push_back({.topic = std::string(edge->type.topic),
                     .from = edge->from,
                     .to = state->client,
                     .capacity = edge->policy.limit,
                     .full = edge->policy.full,
                     .delivered = edge->delivered.load(std::memory_order_relaxed),
                     .dropped = edge->dropped.load(std::memory_order_relaxed),
                     .waiting = edge->crosses ? state->home.inbound(*edge) : edge->waiting()});
    }
  }
  return all;
}

}  // namespace mw::kernel

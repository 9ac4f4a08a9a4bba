// event_bus: connects channels to subscriptions by the rules, and takes both apart again.
// SPDX-License-Identifier: Apache-2.0
#include "bus/event_bus.h"

#include "bus/bus_service.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {

event_bus::event_bus(const std::vector<lane*>& lanes, std::vector<bus_rule> rules, slow_report slow)
    : rules_(std::move(rules)), slow_(std::move(slow)) {
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    lanes_.push_back(std::make_unique<bus_lane>(*lanes[i], i));
    lanes[i]->deliver_with(*this);
  }
}

event_bus::~event_bus() = default;

std::unique_ptr<bus_service_for_client> event_bus::service_for(const bus_client& client) {
  return std::make_unique<bus_service_for_client>(*this, client);
}

std::vector<failure> event_bus::take_failures(const std::string& client) {
  const std::lock_guard lock(mutex_);
  return std::exchange(failures_[client], {});
}

void event_bus::fail(const std::string& client, std::string text) {
  failures_[client].emplace_back(errc::internal, std::move(text));
}

void event_bus::check_schema(const bus_client& client, const event_type& type) {
  const auto [known, fresh] =
      schemas_.try_emplace(std::string(type.topic), type.schema(), client.name);
  if (fresh || known->second.first == type.schema()) return;
  fail(client.name, "its event " + std::string(type.topic) + " has other fields than the one of " +
                        known->second.second +
                        ": build both against the same header, or raise the "
                        "topic's version");
}

event_channel& event_bus::open(const bus_client& client, const event_type& type) {
  const std::lock_guard lock(mutex_);
  const auto& declared = client.declared.published;
  if (std::none_of(declared.begin(), declared.end(),
                   [&](const event_type* t) { return t->topic == type.topic; }))
    fail(client.name,
         "publishes " + std::string(type.topic) + " without declaring it in describe()");
  check_schema(client, type);
  bus_lane& home = *lanes_[client.lane];
  auto channel = std::make_shared<channel_record>(client.name, type, home);
  channel->inlined.order = &home.order();
  channel->inlined.publish_slowly = &event_bus::publish_slowly;
  channels_.push_back(channel);
  for (const state_ptr& state : subscriptions_) connect(*channel, state);
  return channel->inlined;
}

subscription event_bus::subscribe(const bus_client& client, const event_type& type,
                                  function<void(const void*)> handler) {
  const std::lock_guard lock(mutex_);
  const auto& declared = client.declared.subscribed;
  if (std::none_of(declared.begin(), declared.end(),
                   [&](const event_type* t) { return t->topic == type.topic; }))
    fail(client.name,
         "subscribes to " + std::string(type.topic) + " without declaring it in describe()");
  check_schema(client, type);
  auto state = std::make_shared<subscription_state>(client.name, *lanes_[client.lane]);
  state->type = &type;
  state->handler = std::move(handler);
  subscriptions_.push_back(state);
  for (const auto& channel : channels_) connect(*channel, state);
  return std::make_unique<bus_subscription>(*this, state, client.ledger);
}

result<subscription> event_bus::tap(const bus_client& client, std::string_view topics,
                                    std::string_view where, std::uint32_t queue_size,
                                    function<void(const tapped_event&)> handler) {
  const std::lock_guard lock(mutex_);
  auto state = std::make_shared<subscription_state>(client.name, *lanes_[client.lane]);
  state->pattern = topics;
  state->where = where;
  state->size = std::max<std::uint32_t>(queue_size, 1);
  state->tap_handler = std::move(handler);
  subscriptions_.push_back(state);
  for (const auto& channel : channels_) connect(*channel, state);
  return subscription(std::make_unique<bus_subscription>(*this, state, client.ledger));
}

void event_bus::connect(channel_record& channel, const state_ptr& state) {
  edge_policy policy;
  if (!policy_for(channel, *state, policy)) return;
  const bool crosses = &channel.home != &state->home;
  auto edge =
      std::make_shared<bus_edge>(channel.type, channel.client, *state, std::move(policy), crosses);
  state->edges.push_back(edge);
  if (!crosses) return attach(channel, *edge);
  // The list of a channel belongs to its lane. The channel may be gone when the work runs there.
  const auto found = std::find_if(channels_.begin(), channels_.end(),
                                  [&](const auto& c) { return c.get() == &channel; });
  channel.home.home().post([target = *found, edge, state] {
    if (!state->ended && !target->closed) attach(*target, *edge);
  });
}

void event_bus::attach(channel_record& channel, bus_edge& edge) {
  channel.targets.push_back(&edge);
  channel.inlined.subscribers = channel.targets.data();
  channel.inlined.subscriber_count = static_cast<std::uint32_t>(channel.targets.size());
}

void event_bus::detach(channel_record& channel, const bus_edge& edge) {
  std::erase(channel.targets, static_cast<const event_queue*>(&edge));
  channel.inlined.subscribers = channel.targets.data();
  channel.inlined.subscriber_count = static_cast<std::uint32_t>(channel.targets.size());
}

void event_bus::end(const state_ptr& state) {
  const std::lock_guard lock(mutex_);
  state->ended = true;
  std::erase(subscriptions_, state);
  for (const edge_ptr& edge : state->edges) {
    for (const auto& channel : channels_) {
      if (channel->client != edge->from || &channel->type != &edge->type) continue;
      if (!edge->crosses) detach(*channel, *edge);
    }
    if (!edge->crosses) state->home.retire(edge);
  }
  for (const edge_ptr& edge : state->edges) {
    if (!edge->crosses) continue;
    state->home.retire(edge);
    for (const auto& channel : channels_) {
      if (channel->client != edge->from) continue;
      // The publisher's lane drops its pointer; only then may edge and subscription go.
      channel->home.home().post([target = channel, edge, state] { detach(*target, *edge); });
    }
  }
  state->home.retire(state);
}

void event_bus::close_channels(const bus_client& client) {
  const std::lock_guard lock(mutex_);
  std::erase_if(channels_, [&](const auto& channel) {
    if (channel->client != client.name) return false;
    channel->closed = true;
    return true;
  });
  for (const state_ptr& state : subscriptions_)
    for (const edge_ptr& edge : state->edges)
      if (edge->from == client.name) edge->orphan = true;
}

void event_bus::publish_slowly(event_channel&, event_queue& queue, const void* event) {
  auto& edge = static_cast<bus_edge&>(queue);
  if (edge.crosses)
    edge.to.home.accept(edge, event);
  else
    edge.to.home.offer(edge, event);
}

}  // namespace mw::kernel

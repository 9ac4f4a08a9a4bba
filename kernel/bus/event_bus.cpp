// event_bus: connects channels to subscriptions, and takes both apart again.
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

// A plug-in that is refused here is about to fail; until then nothing reaches it, because its
// struct may not be what the other side takes it for.
bool event_bus::admit(const bus_client& client, const event_type& type,
                      const std::vector<const event_type*>& declared, std::string_view verb) {
  const std::string topic(type.topic);
  const bool known = std::any_of(declared.begin(), declared.end(),
                                 [&](const event_type* t) { return t->topic == type.topic; });
  if (!known)
    fail(client.name, std::string(verb) + " " + topic + " without declaring it in describe()");
  const auto [first, fresh] = schemas_.try_emplace(topic, type.schema(), client.name);
  const bool same = first->second.first == type.schema();
  if (!same)
    fail(client.name, "its event " + topic + " has other fields than the one of " +
                          first->second.second +
                          ": build both against the same header, or raise the topic's version");
  return known && same;
}

event_channel& event_bus::open(const bus_client& client, const event_type& type) {
  const std::lock_guard lock(mutex_);
  for (const channel_ptr& channel : channels_)
    if (channel->client == client.name && channel->type.topic == type.topic && !channel->refused &&
        channel->type.schema() == type.schema())
      return channel->inlined;
  auto channel = std::make_shared<channel_record>(client.name, type, *lanes_[client.lane]);
  channel->refused = !admit(client, type, client.declared.published, "publishes");
  channels_.push_back(channel);
  for (const state_ptr& state : subscriptions_) connect(channel, state);
  return channel->inlined;
}

event_bus::state_ptr event_bus::make_state(const bus_client& client) {
  const std::string& name = *names_.insert(client.name).first;
  return std::make_shared<subscription_state>(name, *lanes_[client.lane]);
}

subscription event_bus::subscribe(const bus_client& client, const event_type& type,
                                  function<void(const void*)> handler) {
  const std::lock_guard lock(mutex_);
  const state_ptr state = make_state(client);
  state->type = &type;
  state->handler = std::move(handler);
  if (admit(client, type, client.declared.subscribed, "subscribes to")) {
    subscriptions_.push_back(state);
    for (const channel_ptr& channel : channels_) connect(channel, state);
  }
  return std::make_unique<bus_subscription>(*this, state, client.ledger);
}

result<subscription> event_bus::tap(const bus_client& client, std::string_view topics,
                                    std::string_view where, std::uint32_t queue_size,
                                    function<void(const tapped_event&)> handler) {
  const std::lock_guard lock(mutex_);
  if (status fits = check_tap(topics, where); !fits) return fits.error();
  const state_ptr state = make_state(client);
  state->pattern = topics;
  state->where = where;
  state->size = std::clamp<std::uint32_t>(queue_size, 1, queue_section::largest_size);
  state->tap_handler = std::move(handler);
  subscriptions_.push_back(state);
  for (const channel_ptr& channel : channels_) connect(channel, state);
  return subscription(std::make_unique<bus_subscription>(*this, state, client.ledger));
}

void event_bus::connect(const channel_ptr& channel, const state_ptr& state) {
  if (channel->refused) return;
  std::optional<edge_policy> policy = policy_for(*channel, *state);
  if (!policy) return;
  const bool crosses = &channel->home != &state->home;
  auto edge = std::make_shared<bus_edge>(channel->type, channel->client, *state, *std::move(policy),
                                         crosses);
  state->edges.push_back(edge);
  if (!crosses) {
    state->home.join(*edge);
    return channel->attach(*edge);
  }
  // The targets of a channel belong to its lane. Either end may be gone when the work runs there.
  channel->home.home().post([channel, edge, state] {
    if (!state->ended.load(std::memory_order_relaxed) && !channel->closed) channel->attach(*edge);
  });
}

void event_bus::end(const state_ptr& state) {
  {
    const std::lock_guard lock(mutex_);
    state->ended.store(true, std::memory_order_relaxed);
    std::erase(subscriptions_, state);
    for (const edge_ptr& edge : state->edges) {
      remember(*edge);
      for (const channel_ptr& channel : channels_) {
        if (channel->client != edge->from || &channel->type != &edge->type) continue;
        // The publisher's lane drops its pointer; only then may edge and subscription go.
        if (edge->crossing != nullptr)
          channel->home.home().post([channel, edge, state] { channel->detach(*edge); });
        else
          channel->detach(*edge);
      }
      state->home.retire(edge);
    }
  }
  // Without the lock: what the handler owns may end further subscriptions.
  state->home.retire(state);
}

void event_bus::close_channels(const bus_client& client) {
  const std::lock_guard lock(mutex_);
  std::erase_if(channels_, [&](const channel_ptr& channel) {
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
  if (edge.crossing != nullptr)
    edge.to.home.accept(edge, event);
  else
    edge.to.home.offer(edge, event);
}

}  // namespace mw::kernel

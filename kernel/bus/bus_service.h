// bus_service: the bus as one plug-in holds it: its channels and its subscriptions.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/event_bus.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mw::kernel {

// One topic as one plug-in publishes it. `inlined` is what publishers fill without a call.
struct event_bus::channel_record {
  channel_record(std::string who, const event_type& what, bus_lane& at)
      : client(std::move(who)), type(what), home(at) {
    inlined.order = &home.order();
    inlined.publish_slowly = &event_bus::publish_slowly;
  }

  const std::string client;
  const event_type& type;
  bus_lane& home;
  bool refused = false;  // undeclared, or a struct that does not fit: nobody hears it
  // Of the lane:
  event_channel inlined;
  std::vector<event_queue*> targets;
  bool closed = false;

  void attach(bus_edge& edge) {
    targets.push_back(&edge);
    show_targets();
  }
  void detach(const bus_edge& edge) {
    std::erase(targets, static_cast<const event_queue*>(&edge));
    show_targets();
  }

 private:
  void show_targets() {
    inlined.subscribers = targets.data();
    inlined.subscriber_count = static_cast<std::uint32_t>(targets.size());
  }
};

class bus_service_for_client final : public bus_service {
 public:
  bus_service_for_client(event_bus& bus, const bus_client& client) : bus_(bus), client_(client) {}
  bus_service_for_client(const bus_service_for_client&) = delete;
  bus_service_for_client& operator=(const bus_service_for_client&) = delete;
  ~bus_service_for_client() { bus_.close_channels(client_); }

  event_channel& open(const event_type& type) override { return bus_.open(client_, type); }
  subscription subscribe(const event_type& type, function<void(const void*)> handler) override {
    return bus_.subscribe(client_, type, std::move(handler));
  }

 private:
  event_bus& bus_;
  bus_client client_;
};

// Ends its subscription when it dies.
class bus_subscription final : public subscription_handle {
 public:
  bus_subscription(event_bus& bus, std::shared_ptr<subscription_state> state,
                   resource_ledger& ledger)
      : entry_(ledger.subscriptions), bus_(bus), state_(std::move(state)) {}
  bus_subscription(const bus_subscription&) = delete;
  bus_subscription& operator=(const bus_subscription&) = delete;
  ~bus_subscription() override { bus_.end(state_); }

  void pause() override { state_->home.pause(*state_); }
  void resume() override { state_->home.resume(*state_); }

 private:
  ledger_entry entry_;
  event_bus& bus_;
  std::shared_ptr<subscription_state> state_;
};

}  // namespace mw::kernel

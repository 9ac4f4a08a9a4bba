// event_bus: who hears what, and the queues between publishers and subscribers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_lane.h"
#include "bus/bus_rules.h"
#include "lane/lane.h"
#include "platform/platform.h"

#include <mw/bus.h>
#include <mw/events_node.h>
#include <mw/manifest.h>
#include <mw/metrics.h>
#include <mw/node_services.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mw::kernel {

class bus_service_for_client;

// One plug-in as the bus knows it. Referenced objects outlive the service made for it.
struct bus_client {
  std::string name;
  std::size_t lane;
  const manifest& declared;
  resource_ledger& ledger;
};

// All events of a topic from one plug-in to another, for `mw graph`, metrics and status pages.
// `delivered` and `dropped` only grow: they include subscriptions that have ended.
struct edge_info {
  std::string topic;
  std::string from;
  std::string to;
  std::uint32_t capacity = 0;
  overflow full = overflow::drop_oldest;
  std::uint64_t delivered = 0;
  std::uint64_t dropped = 0;
  std::uint64_t waiting = 0;
};

// Channels and subscriptions are made and ended on their plug-in's lane, under one lock; publishing
// and delivering within a lane take none. What concerns a channel of another lane is posted there.
class event_bus final : public turn_delivery {
 public:
  // Told about subscriptions that do not keep up; called on the lane that watches.
  using slow_report = function<void(const slow_subscriber&)>;

  // `lanes` outlive the bus; the bus installs itself as their delivery.
  event_bus(const std::vector<lane*>& lanes, std::vector<bus_rule> rules, slow_report slow);
  ~event_bus();

  // Destroyed after the plug-in, on its lane.
  [[nodiscard]] std::unique_ptr<bus_service_for_client> service_for(const bus_client& client);
  // What a plug-in did that it did not declare, or that does not fit another library.
  [[nodiscard]] std::vector<failure> take_failures(const std::string& client);

  // Delivers one round on `lane`. What handlers publish waits for the next call. Returns what is
  // left.
  std::size_t drain(std::size_t lane) override { return lanes_[lane]->drain(); }
  // Looks for subscriptions that have not caught up for a second; call a few times a second.
  void watch(std::size_t lane, time_point now);

  // See event_tap. `client` names the listener in reports.
  [[nodiscard]] result<subscription> tap(const bus_client& client, std::string_view topics,
                                         std::string_view where, std::uint32_t queue_size,
                                         function<void(const tapped_event&)> handler);

  [[nodiscard]] std::vector<edge_info> edges() const;

 private:
  friend class bus_service_for_client;
  friend class bus_subscription;
  struct channel_record;
  using channel_ptr = std::shared_ptr<channel_record>;
  using state_ptr = std::shared_ptr<subscription_state>;
  using edge_ptr = std::shared_ptr<bus_edge>;
  using edge_name = std::tuple<std::string, std::string, std::string>;  // topic, from, to

  event_channel& open(const bus_client& client, const event_type& type);
  subscription subscribe(const bus_client& client, const event_type& type,
                         function<void(const void*)> handler);
  void close_channels(const bus_client& client);
  void end(const state_ptr& state);

  // Those below need the lock.
  [[nodiscard]] state_ptr make_state(const bus_client& client);
  void fail(const std::string& client, std::string text);
  [[nodiscard]] bool admit(const bus_client& client, const event_type& type,
                           const std::vector<const event_type*>& declared, std::string_view verb);
  [[nodiscard]] status check_tap(std::string_view topics, std::string_view where) const;
  // Nothing: this edge is not made.
  [[nodiscard]] std::optional<edge_policy> policy_for(const channel_record& channel,
                                                      const subscription_state& state);
  [[nodiscard]] std::optional<edge_policy> tap_policy(const channel_record& channel,
                                                      const subscription_state& state) const;
  void connect(const channel_ptr& channel, const state_ptr& state);
  void remember(const bus_edge& ended);
  void prune(subscription_state& state);
  void watch_edge(bus_edge& edge, time_point now, std::vector<slow_subscriber>& found);

  static void publish_slowly(event_channel& channel, event_queue& queue, const void* event);

  std::vector<bus_rule> rules_;
  slow_report slow_;
  std::vector<std::unique_ptr<bus_lane>> lanes_;
  mutable std::mutex mutex_;
  // Shared with work posted to the channel's lane.
  std::vector<channel_ptr> channels_;
  std::vector<state_ptr> subscriptions_;
  // topic: hash of the fields, and who came first
  std::map<std::string, std::pair<std::uint64_t, std::string>, std::less<>> schemas_;
  std::map<std::string, std::vector<failure>> failures_;
  std::set<std::string> names_;           // of all who ever subscribed
  std::map<edge_name, edge_info> ended_;  // what ended edges had counted
};

}  // namespace mw::kernel

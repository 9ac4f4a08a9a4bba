// bus_lane: the delivery order of one lane, and the subscriptions that it serves.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_edge.h"
#include "bus/bus_inbox.h"
#include "bus/queue/place_list.h"
#include "lane/lane.h"

#include <mw/node_services.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mw::kernel {

class bus_lane;

// One subscription, owned by its lane so that it may be ended while its handler runs.
struct subscription_state {
  subscription_state(const std::string& who, bus_lane& on) : client(who), home(on) {}

  // The plug-in's name in the YAML. Belongs to the bus: the watchdog's thread may read it when the
  // subscription has just ended.
  const std::string& client;
  bus_lane& home;
  const event_type* type = nullptr;  // null for a tap
  std::string pattern;               // of a tap
  std::string where;                 // of a tap
  std::uint32_t size = 0;            // of a tap
  // Of the lane. Destroyed there when the subscription has ended, whoever still holds the state.
  function<void(const void*)> handler;
  function<void(const tapped_event&)> tap_handler;
  bool paused = false;
  place_list parked;              // while paused: all places of its edges, instead of the order
  std::vector<bus_edge*> nearby;  // its edges from publishers on this lane
  // Shared with the work posted to publishers on other lanes, which ends later. Bus lock.
  std::vector<std::shared_ptr<bus_edge>> edges;
  std::atomic<bool> ended{false};  // other lanes stop offering
};

// All calls belong to the lane's thread, except accept().
class bus_lane {
 public:
  bus_lane(lane& at, std::size_t index);
  bus_lane(const bus_lane&) = delete;
  bus_lane& operator=(const bus_lane&) = delete;
  ~bus_lane();

  [[nodiscard]] lane& home() { return lane_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] delivery_order& order() { return order_; }

  // The slow path of publishing on this lane.
  void offer(bus_edge& edge, const void* event);
  // From the publisher's lane: queues `event` for this lane and wakes it.
  void accept(bus_edge& edge, const void* event);

  // Delivers what was queued before the call; returns how many places are queued now.
  std::size_t drain();

  void pause(subscription_state& state);
  void resume(subscription_state& state);
  // A publisher on this lane begins or ceases to fill `edge`.
  void join(bus_edge& edge);
  void leave(bus_edge& edge);
  // Forgets the queued events of `edge`; keeps it while a handler may run.
  void retire(std::shared_ptr<bus_edge> edge);
  // Destroys the handlers, now or after the round in which one of them may be running.
  void retire(std::shared_ptr<subscription_state> state);

 private:
  void put(bus_edge& edge, const void* event);
  void push(bus_edge& edge);
  void make_room();
  void take_arrived(bus_edge& edge);
  void deliver(bus_edge& edge);
  void end_round();

  lane& lane_;
  std::size_t index_;
  delivery_order order_;
  std::vector<event_queue*> entries_;
  std::uint64_t round_end_ = 0;
  bool draining_ = false;
  bus_inbox inbox_;
  std::vector<std::shared_ptr<bus_edge>> retired_edges_;
  std::vector<std::shared_ptr<subscription_state>> retired_states_;
};

}  // namespace mw::kernel

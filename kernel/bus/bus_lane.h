// bus_lane: the delivery order of one lane, and the inbox for events from other lanes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_edge.h"
#include "lane/lane.h"

#include <mw/node_services.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mw::kernel {

class bus_lane;

// One subscription, owned by its lane so that it may be ended while its handler runs.
struct subscription_state {
  subscription_state(std::string who, bus_lane& on) : client(std::move(who)), home(on) {}

  std::string client;  // the plug-in's name in the YAML
  bus_lane& home;
  const event_type* type = nullptr;  // null for a tap
  std::string pattern;               // of a tap
  std::string where;                 // of a tap
  std::uint32_t size = 0;            // of a tap
  function<void(const void*)> handler;
  function<void(const tapped_event&)> tap_handler;
  // Shared with the work posted to publishers on other lanes, which ends later.
  std::vector<std::shared_ptr<bus_edge>> edges;
  bool paused = false;
  std::atomic<bool> ended{false};  // other lanes stop offering
};

// All calls belong to the lane's thread, except accept().
class bus_lane {
 public:
  bus_lane(lane& at, std::size_t index);
  ~bus_lane();

  [[nodiscard]] lane& home() { return lane_; }
  [[nodiscard]] std::size_t index() const { return index_; }
  [[nodiscard]] delivery_order& order() { return order_; }

  // The slow path of publishing on this lane.
  void offer(bus_edge& edge, const void* event);
  // From the publisher's lane: queues `event` for this lane and wakes it.
  void accept(bus_edge& edge, const void* event);

  // Delivers what was queued before the call; returns what is queued now.
  std::size_t drain();

  void pause(subscription_state& state) { state.paused = true; }
  void resume(subscription_state& state);
  // Forgets the queued events of `edge`, frees it when nothing looks at it any more.
  void retire(std::shared_ptr<bus_edge> edge);
  void retire(std::shared_ptr<subscription_state> state);

  // Events of `edge` that its own lane has not taken yet.
  [[nodiscard]] std::uint64_t inbound(const bus_edge& edge) const;
  void forget_inbound(const bus_edge& edge);

 private:
  struct inbound_queue;

  void push(event_queue& queue);
  void make_room();
  void take_inbox();
  void deliver(bus_edge& edge);

  lane& lane_;
  std::size_t index_;
  delivery_order order_;
  std::vector<event_queue*> entries_;
  std::uint64_t round_end_ = 0;
  bool draining_ = false;
  std::vector<std::shared_ptr<bus_edge>> retired_edges_;
  std::vector<std::shared_ptr<subscription_state>> retired_states_;
  std::vector<std::unique_ptr<event_ring::storage>> retired_slots_;

  mutable std::mutex inbox_mutex_;
  std::vector<std::unique_ptr<inbound_queue>> inbox_;  // guarded; one per edge from another lane
  bool inbox_pending_ = false;                         // guarded
};

}  // namespace mw::kernel

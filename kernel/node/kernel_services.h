// kernel_services: the contracts that the kernel itself serves, its own events and metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_service.h"
#include "lane/lane.h"
#include "metrics/metric_registry.h"
#include "node/admin_registry.h"

#include <mw/events_node.h>
#include <mw/node_services.h>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

class kernel_services {
 public:
  // Everything outlives the services.
  struct parts {
    node_status& status;
    event_bus& bus;
    admin_registry& admin;
    std::vector<lane*> lanes;
    platform& outside;
    metric_registry& registry;
    metric_service& own_metrics;
    bus_service& own_bus;
  };
  explicit kernel_services(parts all);
  ~kernel_services();

  // The implementation of a kernel contract for `client`, whose references outlive the plug-in;
  // null when the kernel does not serve it. Called on the client's lane.
  [[nodiscard]] void* find(std::string_view contract, const bus_client& client);

  // The node's own events; on lane 0.
  void publish(const node_started& e) { started_.publish(e); }
  void publish(const node_ready& e) { ready_.publish(e); }
  void publish(const node_draining& e) { draining_.publish(e); }
  void publish(const plugin_failed& e) { failed_.publish(e); }
  void publish(const slow_subscriber& e) { slow_.publish(e); }
  void count_leak(const std::string& plugin);
  void count_held(const std::string& plugin);
  // Brings the metrics of bus and plug-ins up to date; on lane 0.
  void update_metrics();

 private:
  class tap_service;
  class render_service;

  parts parts_;
  publisher<node_started> started_;
  publisher<node_ready> ready_;
  publisher<node_draining> draining_;
  publisher<plugin_failed> failed_;
  publisher<slow_subscriber> slow_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<tap_service>> taps_;  // by plug-in
  std::vector<std::unique_ptr<render_service>> renderers_;    // by lane
};

}  // namespace mw::kernel

// node_runtime: one running node: starts its plug-ins in order, watches, drains and stops them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_service.h"
#include "compose/composition.h"
#include "lane/lane.h"
#include "node/admin_registry.h"
#include "node/kernel_services.h"
#include "node/lane_watchdog.h"
#include "node/plugin_host.h"

#include <mw/events_node.h>
#include <mw/node_services.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mw::kernel {

// What a node needs from whoever runs it. Everything outlives the runtime.
struct node_environment {
  platform& outside;
  function<std::unique_ptr<module_log>(const std::string& plugin)> make_log;
  metric_registry& metrics;
};

// What every node publishes itself, under the name "node".
void declare_node_events(manifest& m);

// Control lives on lane 0: all calls belong there. Work of a plug-in on another lane is posted
// there and its outcome posted back.
class node_runtime final : public node_status {
 public:
  node_runtime(composition node, node_environment environment);
  node_runtime(const node_runtime&) = delete;
  node_runtime& operator=(const node_runtime&) = delete;
  ~node_runtime();

  // Begins; `stopped` is called once, when everything is down again: with the failure that ended
  // the node, or fine after shut_down(). The platform has to run for anything to happen.
  void start(function<void(status)> stopped);
  // Drains and stops. A second call does not wait for drains any more. From any thread.
  void shut_down();

  // These two from any thread.
  [[nodiscard]] node_phase phase() const override { return phase_; }
  [[nodiscard]] std::vector<plugin_status> plugins() const override;
  void on_phase(function<void(node_phase)> changed) { phase_changed_ = std::move(changed); }

  [[nodiscard]] event_bus& bus() { return *bus_; }
  [[nodiscard]] admin_registry& admin() { return admin_; }
  [[nodiscard]] const composition& composed() const { return node_; }
  // What the plug-in named `stanza` provides under `contract`, or null. For embedding applications.
  [[nodiscard]] void* provided(std::string_view stanza, std::string_view contract) const;
  // The bus as the node itself uses it; for embedding applications and tests.
  [[nodiscard]] bus_service& own_bus() { return *own_bus_; }
  [[nodiscard]] lane& control() { return *lanes_.front(); }
  // Begins to watch for plug-ins that hold their lane. For the real platform: virtual time is never
  // late.
  void watch_lanes();

 private:
  struct instance;

  void control_start();
  void control_stop();
  void advance();
  [[nodiscard]] bool providers_up(const instance& one, std::string& failed_provider) const;
  void begin(instance& one);
  [[nodiscard]] plugin_host::slot_lookup providers_of(const instance& one) const;
  [[nodiscard]] host_reports reports_for(instance& one);
  void started(instance& one, std::uint64_t life, status outcome);
  void became_ready(instance& one);
  void became_degraded(instance& one, std::string why);
  void fail(instance& one, const std::string& why);
  void tear_down(instance& one);
  void check_ready();
  void set_phase(node_phase phase);
  void show();  // refreshes what plugins() gives to other threads

  void drain_next();
  [[nodiscard]] bool has_users(const instance& one) const;
  void drain(instance& one);
  void drained(instance& one, std::uint64_t life);
  void destroyed(instance& one, const std::string& leaks);
  void report_slow(const slow_subscriber& slow);
  void report_held(const lane_watchdog::finding& held);
  [[nodiscard]] lane& home_of(const instance& one) { return *lanes_[one_lane(one)]; }
  [[nodiscard]] static std::size_t one_lane(const instance& one);

  composition node_;
  node_environment environment_;
  std::vector<std::unique_ptr<lane>> lanes_;
  admin_registry admin_;
  std::unique_ptr<event_bus> bus_;
  node_parts parts_;
  manifest own_manifest_;
  resource_ledger own_ledger_;
  std::unique_ptr<module_log> own_log_;
  std::unique_ptr<plugin_metrics> own_metrics_;
  std::unique_ptr<bus_service_for_client> own_bus_;
  std::unique_ptr<kernel_services> services_;
  std::vector<std::unique_ptr<instance>> instances_;
  // Belongs to its lane while the platform runs; taken down when it does not any more.
  struct lane_watch {
    std::int64_t timers = 0;
    timer tick;
  };
  std::vector<lane_watch> watches_;
  std::unique_ptr<lane_watchdog> watchdog_;
  timer drain_deadline_;
  function<void(status)> stopped_;
  function<void(node_phase)> phase_changed_;
  status outcome_;
  std::atomic<node_phase> phase_{node_phase::starting};
  mutable std::mutex shown_mutex_;
  std::vector<plugin_status> shown_;  // guarded by shown_mutex_
  time_point began_;
  bool hurry_ = false;
};

}  // namespace mw::kernel

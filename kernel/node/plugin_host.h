// plugin_host: the host of one plug-in instance, made of services that know whose they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_service.h"
#include "compose/composition.h"
#include "lane/lane.h"
#include "log/log_sink.h"
#include "metrics/metric_registry.h"
#include "node/admin_registry.h"
#include "platform/platform.h"

#include <mw/host.h>
#include <mw/plugin.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::kernel {

// What all hosts of a node share. Referenced objects outlive every host.
struct node_parts {
  node_info info;
  std::shared_ptr<config_document> document;
  platform& outside;
  event_bus* bus;
  admin_registry& admin;
  function<std::unique_ptr<module_log>(const std::string&)> make_log;
  function<std::unique_ptr<plugin_metrics>(const std::string&, std::size_t)> make_metrics;
  function<std::vector<failure>(const std::string&)> metric_failures;
  // The kernel's own implementation of a contract, or null.
  function<void*(std::string_view contract, const bus_client& client)> kernel_contract;
};

// What the plug-in says about itself; called on the plug-in's lane.
struct host_reports {
  function<void()> ready;
  function<void(std::string)> degraded;
  function<void(std::string)> failed;
};

// Made, used and destroyed on the plug-in's lane. The instance inside dies before its services.
class plugin_host final : private time_service,
                          private random_service,
                          private wiring_service,
                          private status_service {
 public:
  // `bound` gives the implementations for a slot of this stanza.
  using slot_lookup = function<std::vector<void*>(const bound_slot&)>;

  plugin_host(node_parts& parts, lane& on, const stanza& of, slot_lookup bound,
              host_reports reports);
  ~plugin_host();

  // Runs the constructor. Everything that is wrong with what it did comes back as one failure.
  [[nodiscard]] status construct();
  [[nodiscard]] status start();
  // Destroys the instance and says what it left behind; empty when nothing.
  [[nodiscard]] std::string destroy();

  [[nodiscard]] plugin* instance() const { return instance_.get(); }
  // What the plug-in provided under `contract`, or null.
  [[nodiscard]] void* provided(std::string_view contract) const;
  [[nodiscard]] lane& home() { return lane_; }

 private:
  time_point now() const override { return lane_.now(); }
  wall_time wall_now() const override { return lane_.outside().wall_now(); }
  timer make_timer(function<void()> fire, bool periodic) override;
  void at_turn_end(function<void()> callback) override { lane_.at_turn_end(std::move(callback)); }

  random_stream& stream(std::string_view purpose) override;
  void secure_bytes(std::span<std::byte> out) override { parts_.outside.secure_bytes(out); }

  std::vector<void*> bound(std::string_view slot, std::string_view contract) override;
  void provide(std::string_view contract, void* implementation) override;

  void ready() override { reports_.ready(); }
  void degraded(std::string_view why) override { reports_.degraded(std::string(why)); }
  void failed(std::string_view why) override { reports_.failed(std::string(why)); }

  [[nodiscard]] status collect_mistakes(std::string constructor_error);
  [[nodiscard]] std::string leaks() const;

  node_parts& parts_;
  lane& lane_;
  const stanza& stanza_;
  slot_lookup bound_;
  host_reports reports_;
  resource_ledger ledger_;
  std::vector<failure> mistakes_;
  std::map<std::string, random_stream, std::less<>> randoms_;
  std::map<std::string, void*, std::less<>> provided_;
  bus_client client_;
  std::unique_ptr<plugin_services> outside_;
  std::unique_ptr<module_log> log_;
  std::unique_ptr<plugin_metrics> metrics_;
  std::unique_ptr<bus_service_for_client> bus_;
  std::unique_ptr<admin_service_for_plugin> admin_;
  host_services services_{};
  host host_;
  std::unique_ptr<plugin> instance_;
};

}  // namespace mw::kernel

// kernel_services: rendering metrics off the lane, taps, and the counters of bus and plug-ins.
// SPDX-License-Identifier: Apache-2.0
#include "node/kernel_services.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {

// One render at a time per lane: a second scraper waits for nothing and is told to come back.
class kernel_services::render_service final : public metrics_source {
 public:
  render_service(kernel_services& owner, lane& home)
      : owner_(owner),
        home_(home),
        services_(home.outside().services_for({"", "node", "", ledger_})) {}

  void render(function<void(result<std::string>)> done) override {
    if (done_)
      return done(failure(errc::overloaded, "a scrape is being rendered already: come back later"));
    done_ = std::move(done);
    // Counters of the bus are brought up to date on lane 0, then a worker renders.
    owner_.parts_.lanes.front()->post([this] {
      owner_.update_metrics();
      home_.post([this] { submit(); });
    });
  }

 private:
  void submit() {
    auto text = std::make_shared<std::string>();  // shared: written by the worker, read by the lane
    auto work = services_->work().submit([this, text] { *text = owner_.parts_.registry.render(); },
                                         [this, text] { finish(std::move(*text)); });
    if (work)
      work_ = std::move(work).value();
    else
      finish(std::move(work).error());
  }
  void finish(result<std::string> outcome) {
    auto done = std::exchange(done_, nullptr);
    done(std::move(outcome));
  }

  kernel_services& owner_;
  lane& home_;
  resource_ledger ledger_;
  std::unique_ptr<plugin_services> services_;
  function<void(result<std::string>)> done_;
  work_ptr work_;
};

class kernel_services::tap_service final : public event_tap {
 public:
  tap_service(event_bus& bus, bus_client client) : bus_(bus), client_(std::move(client)) {}

  result<subscription> listen(std::string_view topics, std::string_view where, std::uint32_t size,
                              function<void(const tapped_event&)> handler) override {
    return bus_.tap(client_, topics, where, size, std::move(handler));
  }

 private:
  event_bus& bus_;
  bus_client client_;
};

kernel_services::kernel_services(parts all)
    : parts_(std::move(all)),
      started_(bus(parts_.own_bus).open<node_started>()),
      ready_(bus(parts_.own_bus).open<node_ready>()),
      draining_(bus(parts_.own_bus).open<node_draining>()),
      failed_(bus(parts_.own_bus).open<plugin_failed>()),
      slow_(bus(parts_.own_bus).open<slow_subscriber>()),
      renderers_(parts_.lanes.size()) {}

kernel_services::~kernel_services() = default;

void* kernel_services::find(std::string_view contract, const bus_client& client) {
  const std::lock_guard lock(mutex_);
  if (contract == node_status::contract) return &parts_.status;
  if (contract == admin_directory::contract)
    return &parts_.admin.directory_for(*parts_.lanes[client.lane]);
  if (contract == metrics_source::contract) {
    auto& renderer = renderers_[client.lane];
    if (renderer == nullptr)
      renderer = std::make_unique<render_service>(*this, *parts_.lanes[client.lane]);
    return static_cast<metrics_source*>(renderer.get());
  }
  if (contract == event_tap::contract) {
    // A plug-in that failed and came back has a new ledger: its tap is made anew.
    auto& tap = taps_[client.name];
    tap = std::make_unique<tap_service>(parts_.bus, client);
    return static_cast<event_tap*>(tap.get());
  }
  return nullptr;
}

void kernel_services::count_leak(const std::string& plugin) {
  parts_.own_metrics
      .make_counter("mw_plugin_leaks_total", "Times a plug-in left handles behind when it ended.",
                    {{"plugin", plugin}})
      .add();
}

void kernel_services::count_held(const std::string& plugin) {
  parts_.own_metrics
      .make_counter("mw_lane_held_total", "Times a plug-in did not give its lane back for long.",
                    {{"plugin", plugin}})
      .add();
}

void kernel_services::update_metrics() {
  metric_service& m = parts_.own_metrics;
  for (const plugin_status& one : parts_.status.plugins()) {
    const bool up = one.phase == plugin_phase::ready || one.phase == plugin_phase::degraded;
    m.make_gauge("mw_plugin_ready", "1 when the plug-in is ready, 0 when not.",
                 {{"plugin", one.name}, {"type", one.type}})
        .set(up ? 1 : 0);
  }
  m.make_gauge("mw_node_ready", "1 when every required plug-in is ready.", {})
      .set(parts_.status.phase() == node_phase::ready ? 1 : 0);
  for (const edge_info& edge : parts_.bus.edges()) {
    auto bring = [&](const counter& c, std::uint64_t total) {
      c.add(total - std::min(total, c.value()));
    };
    bring(m.make_counter("mw_bus_delivered_total", "Events handed to a subscriber.",
                         {{"topic", edge.topic}, {"from", edge.from}, {"to", edge.to}}),
          edge.delivered);
    bring(
        m.make_counter("mw_bus_dropped_total", "Events lost because a subscriber's queue was full.",
                       {{"topic", edge.topic}, {"from", edge.from}, {"to", edge.to}}),
        edge.dropped);
    m.make_gauge("mw_bus_waiting", "Events that wait for a subscriber.",
                 {{"topic", edge.topic}, {"from", edge.from}, {"to", edge.to}})
        .set(static_cast<double>(edge.waiting));
  }
}

}  // namespace mw::kernel

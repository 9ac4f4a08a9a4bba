// bus_fixture: a bus over lanes that turn when a test says so, and events to send through it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/bus_service.h"
#include "bus/event_bus.h"

#include <mw/bus.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mw::kernel {

struct ping {
  static constexpr std::string_view topic = "test.ping/1";
  static constexpr std::string_view doc = "A numbered event with a name to coalesce by.";
  std::string name;
  std::uint64_t number = 0;
  static constexpr auto fields() {
    return field_list(field<&ping::name>("name", "Who."), field<&ping::number>("number", "Which."));
  }
};

struct pong {
  static constexpr std::string_view topic = "test.pong/1";
  static constexpr std::string_view doc = "Another event, of another size.";
  std::uint64_t number = 0;
  static constexpr auto fields() { return field_list(field<&pong::number>("number", "Which.")); }
};

class fake_lane_platform final : public lane_platform {
 public:
  void attach(lane_hooks&) override {}
  [[nodiscard]] time_point now() const override { return now_; }
  [[nodiscard]] wall_time wall_now() const override { return {now_.since_start + 1h}; }
  [[nodiscard]] time_point precise_now() const override { return now_; }
  void wake() override { wakes.fetch_add(1); }
  [[nodiscard]] std::unique_ptr<plugin_services> services_for(const plugin_scope&) override {
    return nullptr;
  }

  void advance(duration d) { now_ = now_ + d; }
  std::atomic<int> wakes{0};

 private:
  time_point now_{};
};

class bus_fixture {
 public:
  explicit bus_fixture(std::vector<bus_rule> rules = {}, std::size_t lane_count = 1) {
    std::vector<lane*> all;
    for (std::size_t i = 0; i < lane_count; ++i) {
      platforms.push_back(std::make_unique<fake_lane_platform>());
      lanes.push_back(std::make_unique<lane>(i, *platforms.back()));
      all.push_back(lanes.back().get());
    }
    hub = std::make_unique<event_bus>(all, std::move(rules), [this](const slow_subscriber& one) {
      slow.push_back(one);
      if (on_slow) on_slow();
    });
  }

  void turn(std::size_t i = 0) { lanes[i]->turn(); }
  // Time passes and the watch runs, as it does in a node.
  void pass(duration d, std::size_t i = 0) {
    platforms[i]->advance(d);
    hub->watch(i, platforms[i]->now());
  }
  [[nodiscard]] edge_info edge(std::string_view from, std::string_view to,
                               std::string_view topic = ping::topic) const {
    for (const edge_info& one : hub->edges())
      if (one.from == from && one.to == to && one.topic == topic) return one;
    return {};
  }

  std::vector<std::unique_ptr<fake_lane_platform>> platforms;
  std::vector<std::unique_ptr<lane>> lanes;
  std::vector<slow_subscriber> slow;
  std::function<void()> on_slow;
  std::unique_ptr<event_bus> hub;
};

// One plug-in as far as the bus is concerned; by default it declares everything.
class bus_plugin {
 public:
  bus_plugin(bus_fixture& on, std::string name, std::size_t lane = 0)
      : bus_plugin(on, std::move(name), lane, everything()) {}
  bus_plugin(bus_fixture& on, std::string name, std::size_t lane, manifest declared)
      : declared_(std::move(declared)),
        client{std::move(name), lane, declared_, ledger},
        hub_(*on.hub),
        service_(hub_.service_for(client)) {}

  [[nodiscard]] bus events() { return bus(*service_); }
  // Ends the plug-in's service while the object lives on.
  void close() { service_.reset(); }
  // Its mistakes in one line.
  [[nodiscard]] std::string failures() {
    std::string all;
    for (const failure& one : hub_.take_failures(client.name)) all += one.text() + "\n";
    return all;
  }

 private:
  static manifest everything() {
    manifest all;
    all.publishes<ping>().publishes<pong>().subscribes<ping>().subscribes<pong>();
    return all;
  }

  manifest declared_;

 public:
  resource_ledger ledger;
  bus_client client;

 private:
  event_bus& hub_;
  std::unique_ptr<bus_service_for_client> service_;
};

// Writes down what it hears: "a1 a2 b1".
struct heard {
  std::string text;
  void operator()(const ping& one) { add(one.name + std::to_string(one.number)); }
  void operator()(const pong& one) { add("pong" + std::to_string(one.number)); }
  void add(const std::string& word) { text += (text.empty() ? "" : " ") + word; }
  [[nodiscard]] std::string take() { return std::exchange(text, {}); }

  template <class Event>
  [[nodiscard]] subscription on(bus_plugin& plugin) {
    return plugin.events().on<Event>([this](const Event& event) { (*this)(event); });
  }
};

// Publishes numbers `first` to `last`.
inline void publish(const publisher<ping>& to, std::uint64_t first, std::uint64_t last,
                    const std::string& name = "a") {
  for (std::uint64_t i = first; i <= last; ++i) to.publish({.name = name, .number = i});
}

}  // namespace mw::kernel

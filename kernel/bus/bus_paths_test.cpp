// bus_paths_test: random runs over lanes and taps against a model that is too simple to be wrong.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <algorithm>

namespace mw::kernel {
namespace {

constexpr std::uint32_t limit = 5;

bus_rule rule_to(std::string to, overflow full, std::string key = {}) {
  bus_rule out;
  out.on = "test.*";
  out.to = {std::move(to)};
  out.queue.size = limit;
  out.queue.full = full;
  out.queue.key = std::move(key);
  return out;
}

// A subscription as one list of what waits, in publishing order. Bounds hold for each publisher and
// topic separately.
struct model {
  struct item {
    std::string edge;
    std::string name;
    std::uint64_t number;
  };
  overflow full = overflow::drop_oldest;
  std::uint32_t bound = limit;
  bool paused = false;
  std::vector<item> waiting;

  void publish(const item& one) {
    const auto of_edge = [&](const item& other) { return other.edge == one.edge; };
    if (full == overflow::coalesce) {
      const auto same = std::find_if(waiting.begin(), waiting.end(), [&](const item& other) {
        return of_edge(other) && other.name == one.name;
      });
      if (same != waiting.end()) {
        *same = one;
        return;
      }
    }
    if (std::count_if(waiting.begin(), waiting.end(), of_edge) == bound) {
      if (full == overflow::drop_newest) return;
      waiting.erase(std::find_if(waiting.begin(), waiting.end(), of_edge));
    }
    waiting.push_back(one);
  }

  [[nodiscard]] std::string take() {
    heard log;
    if (paused) return {};
    for (const item& one : waiting) log.add(one.name + std::to_string(one.number));
    waiting.clear();
    return log.text;
  }
};

// One subscription of the bus with its model.
struct listener {
  bus_plugin plugin;
  model expected;
  heard log;
  subscription on;

  listener(bus_fixture& f, std::string name, std::size_t lane, overflow full)
      : plugin(f, std::move(name), lane) {
    expected.full = full;
    if (full == overflow::latest) expected.bound = 1;
  }
};

class random_run {
 public:
  random_run(std::uint64_t seed, std::size_t listening_lane)
      : random_(seed),
        lane_(listening_lane),
        hub_({rule_to("oldest", overflow::drop_oldest), rule_to("newest", overflow::drop_newest),
              rule_to("latest", overflow::latest), rule_to("coalesce", overflow::coalesce, "name")},
             2) {
    for (const auto& [name, full] :
         {std::pair("oldest", overflow::drop_oldest), std::pair("newest", overflow::drop_newest),
          std::pair("latest", overflow::latest), std::pair("coalesce", overflow::coalesce),
          std::pair("tap", overflow::drop_oldest)})
      listeners_.push_back(std::make_unique<listener>(hub_, name, lane_, full));
    for (auto& one : listeners_) subscribe(*one);
  }

  void run(int steps) {
    for (int i = 0; i < steps; ++i) step();
    for (auto& one : listeners_) set_paused(*one, false);
    compare();
  }

 private:
  static bool is_tap(const listener& one) { return one.plugin.client.name == "tap"; }

  void subscribe(listener& to) {
    if (is_tap(to)) {
      auto on = hub_.hub->tap(to.plugin.client, "test.*", "", limit, [&to](const tapped_event& e) {
        if (e.type.topic == ping::topic)
          to.log(*static_cast<const ping*>(e.event));
        else
          to.log(*static_cast<const pong*>(e.event));
      });
      to.on = std::move(on.value());
    } else {
      to.on = to.log.on<ping>(to.plugin);
    }
    if (lane_ != 0) hub_.turn(0);  // the publishers' lane learns of it
  }

  void publish() {
    const bool first = random_.chance(0.5);
    ++number_;
    const std::string from = first ? "a" : "b";
    if (random_.chance(0.3)) {
      (first ? a_pong_ : b_pong_).publish({number_});
      for (auto& one : listeners_)
        if (is_tap(*one)) one->expected.publish({from + " pong", "pong", number_});
      return;
    }
    const std::string name(1, static_cast<char>('p' + random_.below(8)));
    (first ? a_ping_ : b_ping_).publish({name, number_});
    for (auto& one : listeners_) one->expected.publish({from + " ping", name, number_});
  }

  void set_paused(listener& one, bool paused) {
    // Between lanes a coalescing queue has two stages, which the model does not show.
    if (one.expected.full == overflow::coalesce && lane_ != 0) return;
    one.expected.paused = paused;
    paused ? one.on->pause() : one.on->resume();
  }

  void compare() {
    hub_.hub->drain(lane_);
    for (auto& one : listeners_) {
      CAPTURE(one->plugin.client.name);
      CAPTURE(number_);
      REQUIRE(one->log.take() == one->expected.take());
    }
  }

  void step() {
    listener& one = *listeners_[random_.below(listeners_.size())];
    const std::uint64_t choice = random_.below(100);
    if (choice < 80) {
      publish();
    } else if (choice < 92) {
      compare();
    } else if (choice < 98) {
      set_paused(one, random_.chance(0.5));
    } else {
      one.on.reset();
      one.expected.waiting.clear();
      one.expected.paused = false;
      subscribe(one);
    }
  }

  random_stream random_;
  std::size_t lane_;
  bus_fixture hub_;
  bus_plugin a_{hub_, "a"}, b_{hub_, "b"};
  publisher<ping> a_ping_ = a_.events().open<ping>(), b_ping_ = b_.events().open<ping>();
  publisher<pong> a_pong_ = a_.events().open<pong>(), b_pong_ = b_.events().open<pong>();
  std::uint64_t number_ = 0;
  std::vector<std::unique_ptr<listener>> listeners_;
};

TEST_CASE("random runs on one lane do what the model says") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) random_run(seed, 0).run(1500);
}

TEST_CASE("random runs between lanes do what the model says") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) random_run(seed, 1).run(1500);
}

}  // namespace
}  // namespace mw::kernel

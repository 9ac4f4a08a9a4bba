// bus_model_test: random use of the bus, each delivery compared with what plain queues would give.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <mw/toolkit/hash.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace mw::kernel {
namespace {

constexpr std::size_t sources = 2;
constexpr std::size_t slots = 4;   // subscriptions that may exist at a time
constexpr std::uint64_t keys = 5;  // few, so that coalescing meets old ones
constexpr int max_rounds = 1000;   // each but the last spends some of a turn's budget

struct waiting_event {
  std::size_t source;
  bool is_ping;
  std::uint64_t number;
  std::uint64_t serial;
  std::uint64_t round;  // it must come in a later one
};

// One subscription as the promise of the bus reads: a list in publishing order, bounded for each
// pair of publisher and topic. The event that a handler looks at has left the list.
struct model_queue {
  bool pings = false;
  bool paused = false;
  std::deque<waiting_event> waiting;

  void offer(const waiting_event& event, overflow full, std::size_t limit) {
    const auto same_edge = [&](const waiting_event& w) { return w.source == event.source; };
    if (full == overflow::coalesce) {
      const auto old = std::find_if(waiting.begin(), waiting.end(), [&](const waiting_event& w) {
        return same_edge(w) && w.number == event.number;
      });
      if (old != waiting.end()) {
        old->serial = event.serial;
        return;
      }
    }
    const auto edge_waits = std::count_if(waiting.begin(), waiting.end(), same_edge);
    if (static_cast<std::size_t>(edge_waits) >= limit) {
      if (full == overflow::drop_newest) return;
      waiting.erase(std::find_if(waiting.begin(), waiting.end(), same_edge));
    }
    waiting.push_back(event);
  }
};

// Does the same to a bus and to the model. What happens depends on the seed only.
class twin {
 public:
  twin(std::uint64_t seed, overflow full, std::uint32_t limit)
      : seed_(seed),
        full_(full),
        limit_(full == overflow::latest ? 1 : limit),
        world_({rule(full, limit)}),
        sink_(world_, "sink") {
    for (std::size_t i = 0; i < sources; ++i) {
      plugins_.push_back(std::make_unique<bus_plugin>(world_, "source" + std::to_string(i)));
      pings_.push_back(plugins_.back()->events().open<ping>());
      pongs_.push_back(plugins_.back()->events().open<pong>());
    }
  }

  void run(int turns) {
    for (int turn = 0; turn < turns; ++turn) {
      budget_ = 200;
      for (std::uint64_t n = draw(60); n > 0; --n) act();
      // Handlers act until the budget of this turn is used up; then the bus comes to rest.
      std::size_t left = 1;
      for (int i = 0; i < max_rounds && left > 0; ++i) {
        ++round_;
        left = world_.hub->drain(0);
      }
      REQUIRE(left == 0);
      for (std::size_t i = 0; i < slots; ++i)
        if (subscriptions_[i] != nullptr && !model_[i].paused) CHECK(model_[i].waiting.empty());
    }
    CHECK(delivered_ > 0);
  }

 private:
  static bus_rule rule(overflow full, std::uint32_t limit) {
    return {.on = "test.*",
            .from = {},
            .to = {},
            .where = {},
            .queue = {.size = limit, .full = full, .key = "number"}};
  }

  std::uint64_t draw(std::uint64_t below) { return hash_mix(seed_, ++draws_) % below; }

  void act() {
    const std::size_t slot = draw(slots);
    switch (draw(16)) {
      case 0:
        return subscribe(slot);
      case 1:
        if (draw(4) == 0) subscriptions_[slot].reset();
        return;
      case 2:
      case 3:
        return set_paused(slot, true);
      case 4:
      case 5:
        return set_paused(slot, false);
      default:
        return publish(draw(sources), draw(2) == 0);
    }
  }

  void publish(std::size_t source, bool is_ping) {
    const std::uint64_t number = draw(keys);
    const waiting_event event{source, is_ping, number, ++serial_, round_};
    for (std::size_t i = 0; i < slots; ++i)
      if (subscriptions_[i] != nullptr && model_[i].pings == is_ping)
        model_[i].offer(event, full_, limit_);
    if (is_ping)
      pings_[source].publish({.name = text_of(event), .number = number});
    else
      pongs_[source].publish({.number = number});
  }

  // Longer than a string holds in place, so that a slot used twice is seen.
  static std::string text_of(const waiting_event& event) {
    return "event " + std::to_string(event.serial) + " of source " + std::to_string(event.source);
  }

  void subscribe(std::size_t slot) {
    if (subscriptions_[slot] != nullptr) return;
    const bool pings = draw(2) == 0;
    model_[slot] = {.pings = pings, .paused = false, .waiting = {}};
    if (pings)
      subscriptions_[slot] =
          sink_.events().on<ping>([this, slot](const ping& p) { hear(slot, p); });
    else
      subscriptions_[slot] = sink_.events().on<pong>([this, slot](const pong& p) {
        (void)next(slot, p.number);
        react();
      });
  }

  void set_paused(std::size_t slot, bool paused) {
    if (subscriptions_[slot] == nullptr) return;
    model_[slot].paused = paused;
    if (paused)
      subscriptions_[slot]->pause();
    else
      subscriptions_[slot]->resume();
  }

  waiting_event next(std::size_t slot, std::uint64_t number) {
    ++delivered_;
    model_queue& queue = model_[slot];
    REQUIRE(subscriptions_[slot] != nullptr);
    REQUIRE_FALSE(queue.paused);
    REQUIRE_FALSE(queue.waiting.empty());
    const waiting_event expected = queue.waiting.front();
    queue.waiting.pop_front();
    REQUIRE(number == expected.number);
    REQUIRE(expected.round < round_);
    return expected;
  }

  void hear(std::size_t slot, const ping& p) {
    const std::string expected = text_of(next(slot, p.number));
    REQUIRE(p.name == expected);
    react();
    CHECK(p.name == expected);  // whatever was done meanwhile
  }

  void react() {
    for (std::uint64_t n = draw(4); n > 0 && budget_ > 0; --n, --budget_) act();
  }

  std::uint64_t seed_;
  std::uint64_t draws_ = 0;
  std::uint64_t serial_ = 0;
  std::uint64_t round_ = 0;
  std::uint64_t delivered_ = 0;
  int budget_ = 0;
  overflow full_;
  std::size_t limit_;
  bus_fixture world_;
  bus_plugin sink_;
  std::vector<std::unique_ptr<bus_plugin>> plugins_;
  std::vector<publisher<ping>> pings_;
  std::vector<publisher<pong>> pongs_;
  std::array<model_queue, slots> model_;
  std::array<subscription, slots> subscriptions_;
};

TEST_CASE("random use of the bus matches plain queues, whatever the policy and size") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    for (const overflow full :
         {overflow::drop_oldest, overflow::drop_newest, overflow::coalesce, overflow::latest}) {
      for (const std::uint32_t limit : {1U, 3U, 8U, 40U}) {
        CAPTURE(seed);
        CAPTURE(static_cast<int>(full));
        CAPTURE(limit);
        twin(seed, full, limit).run(25);
      }
    }
  }
}

}  // namespace
}  // namespace mw::kernel

// bus_allocations_test: once its queues have grown, the bus asks for no memory, whatever happens.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

// Runs `round` until everything has grown as far as it will, and counts what later rounds ask for.
template <class Round>
std::uint64_t steady_allocations(Round round) {
  for (int i = 0; i < 50; ++i) round();
  const std::uint64_t before = bench::allocation_count();
  for (int i = 0; i < 200; ++i) round();
  return bench::allocation_count() - before;
}

bus_rule with_queue(std::uint32_t size, overflow full, std::string key = {}) {
  bus_rule rule;
  rule.on = "test.ping";
  rule.queue.size = size;
  rule.queue.full = full;
  rule.queue.key = std::move(key);
  return rule;
}

struct world : bus_fixture {
  explicit world(bus_rule rule, std::size_t listening_lane = 0)
      : bus_fixture({std::move(rule)}, 2), b(*this, "b", listening_lane) {
    turn();
  }

  // Texts too long for the inside of a std::string.
  void publish_round() {
    for (std::uint64_t i = 0; i < 300; ++i) {
      event.name.replace(0, 1, 1, static_cast<char>('a' + i % 20));
      event.number = i;
      out.publish(event);
    }
  }

  bus_plugin a{*this, "a"};
  bus_plugin b;
  publisher<ping> out = a.events().open<ping>();
  ping event{.name = std::string(100, 'x'), .number = 0};
  std::uint64_t sum = 0;
};

TEST_CASE("the counter counts") {
  const std::uint64_t before = bench::allocation_count();
  bench::keep(std::make_unique<int>(1));
  CHECK(bench::allocation_count() == before + 1);
}

TEST_CASE("no policy allocates, with room or without") {
  for (const std::uint32_t size : {4U, 1024U}) {
    for (const overflow full :
         {overflow::drop_oldest, overflow::drop_newest, overflow::latest, overflow::coalesce}) {
      CAPTURE(size);
      CAPTURE(option_names(full)[static_cast<std::size_t>(full)]);
      world w(with_queue(size, full, full == overflow::coalesce ? "name" : ""));
      const subscription on = w.b.events().on<ping>([&](const ping& e) { w.sum += e.number; });
      CHECK(steady_allocations([&] {
              w.publish_round();
              w.turn();
            }) == 0);
      CHECK(w.sum > 0);
    }
  }
}

TEST_CASE("a filter allocates nothing") {
  bus_rule rule = with_queue(100, overflow::drop_oldest);
  rule.where = "number > 10 and (name matches 'b*x' or name in ['p', 'q']) or number == 3";
  world w(rule);
  const subscription on = w.b.events().on<ping>([&](const ping& e) { w.sum += e.number; });
  CHECK(steady_allocations([&] {
          w.publish_round();
          w.turn();
        }) == 0);
  CHECK(w.sum > 0);
}

TEST_CASE("pausing and resuming allocates nothing, in a flood or not") {
  for (const std::uint32_t size : {4U, 1024U}) {
    world w(with_queue(size, overflow::drop_oldest));
    const subscription on = w.b.events().on<ping>([&](const ping& e) { w.sum += e.number; });
    CHECK(steady_allocations([&] {
            on->pause();
            w.publish_round();
            w.turn();
            w.publish_round();
            w.turn();
            on->resume();
            w.turn();
          }) == 0);
    CHECK(w.sum > 0);
  }
}

TEST_CASE("a handler that fills its own full queue allocates nothing") {
  for (const overflow full : {overflow::drop_oldest, overflow::latest}) {
    world w(with_queue(3, full));
    const subscription on = w.b.events().on<ping>([&](const ping& e) {
      w.sum += e.number;
      if (e.number < 1000) w.publish_round();
    });
    CHECK(steady_allocations([&] {
            w.event.number = 1;
            w.out.publish(w.event);
            w.turn();
          }) == 0);
    CHECK(w.sum > 0);
  }
}

TEST_CASE("events between lanes allocate nothing") {
  for (const overflow full : {overflow::drop_oldest, overflow::coalesce}) {
    world w(with_queue(100, full, full == overflow::coalesce ? "name" : ""), 1);
    const subscription on = w.b.events().on<ping>([&](const ping& e) { w.sum += e.number; });
    w.turn();
    bool odd = false;
    CHECK(steady_allocations([&] {
            w.publish_round();
            odd = !odd;
            odd ? on->pause() : on->resume();  // both ways of taking what arrived
            w.turn(1);
          }) == 0);
    CHECK(w.sum > 0);
  }
}

}  // namespace
}  // namespace mw::kernel

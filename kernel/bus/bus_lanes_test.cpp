// bus_lanes_test: events between lanes, turned by hand and by real threads.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

#include <thread>

namespace mw::kernel {
namespace {

bus_rule with_queue(std::uint32_t size, overflow full, std::string key = {}) {
  bus_rule rule;
  rule.on = "test.ping";
  rule.queue.size = size;
  rule.queue.full = full;
  rule.queue.key = std::move(key);
  return rule;
}

// `a` publishes on lane 1 for `b` on lane 0.
struct two_lanes : bus_fixture {
  explicit two_lanes(std::vector<bus_rule> rules = {}) : bus_fixture(std::move(rules), 2) {
    turn(1);  // the edge is made on the publisher's lane
  }
  bus_plugin a{*this, "a", 1};
  bus_plugin b{*this, "b", 0};
  heard log;
  subscription on = log.on<ping>(b);
  publisher<ping> out = a.events().open<ping>();
};

TEST_CASE("events cross lanes in order, across topics, with one wake") {
  two_lanes f;
  const subscription pongs = f.log.on<pong>(f.b);
  const auto pong_out = f.a.events().open<pong>();
  f.turn(1);
  f.platforms[0]->wakes = 0;
  publish(f.out, 1, 2);
  pong_out.publish({3});
  publish(f.out, 4, 4);
  pong_out.publish({5});
  CHECK(f.platforms[0]->wakes == 1);
  CHECK(f.edge("a", "b").waiting == 3);
  f.turn(1);
  CHECK(f.log.text.empty());
  f.turn(0);
  CHECK(f.log.take() == "a1 a2 pong3 a4 pong5");
  publish(f.out, 6, 6);
  CHECK(f.platforms[0]->wakes == 2);
  f.turn(0);
  CHECK(f.log.take() == "a6");
  CHECK(f.edge("a", "b").delivered == 4);
}

TEST_CASE("policies hold on the way between lanes") {
  struct row {
    bus_rule rule;
    std::string_view heard;
    std::uint64_t dropped;
  };
  bus_rule filtered = with_queue(8, overflow::drop_oldest);
  filtered.where = "number > 3";
  const row rows[] = {
      {with_queue(2, overflow::drop_oldest), "a4 a5", 3},
      {with_queue(2, overflow::drop_newest), "a1 a2", 3},
      {with_queue(9, overflow::latest), "a5", 4},
      {with_queue(2, overflow::coalesce, "name"), "a5", 0},
      {filtered, "a4 a5", 0},
  };
  for (const row& one : rows) {
    CAPTURE(one.heard);
    two_lanes f({one.rule});
    publish(f.out, 1, 5);
    f.turn(0);
    CHECK(f.log.take() == one.heard);
    CHECK(f.edge("a", "b").dropped == one.dropped);
    // While the subscriber is paused the bound holds for what has arrived, too.
    f.on->pause();
    for (std::uint64_t i = 1; i <= 5; ++i) {
      publish(f.out, i, i);
      f.turn(0);
    }
    CHECK(f.edge("a", "b").dropped == 2 * one.dropped);
    f.on->resume();
    f.turn(0);
    CHECK(f.log.take() == one.heard);
  }
}

TEST_CASE("drops on the way keep the order across topics") {
  two_lanes f({with_queue(2, overflow::drop_oldest)});
  const subscription pongs = f.log.on<pong>(f.b);
  const auto pong_out = f.a.events().open<pong>();
  f.turn(1);
  publish(f.out, 1, 1);
  pong_out.publish({1});
  publish(f.out, 2, 3000);
  pong_out.publish({2});
  publish(f.out, 3001, 3001);
  f.turn(0);
  CHECK(f.log.text == "pong1 a3000 pong2 a3001");
}

TEST_CASE("either end may go at any time") {
  SUBCASE("the subscription, with events on the way") {
    two_lanes f;
    publish(f.out, 1, 2);
    f.on.reset();
    publish(f.out, 3, 3);  // the publisher's lane does not know yet
    f.turn(0);
    f.turn(1);
    publish(f.out, 4, 4);
    f.turn(0);
    CHECK(f.log.text.empty());
  }
  SUBCASE("the subscription, before its edge was made") {
    two_lanes f;
    subscription brief = f.log.on<ping>(f.b);
    brief.reset();
    f.turn(1);
    publish(f.out, 1, 1);
    f.turn(0);
    CHECK(f.log.text == "a1");
  }
  SUBCASE("the publisher, with events on the way") {
    two_lanes f;
    publish(f.out, 1, 2);
    f.a.close();
    f.pass(100ms, 0);
    f.turn(0);
    CHECK(f.log.text == "a1 a2");
    f.pass(100ms, 0);
    CHECK(f.hub->edges().empty());
  }
  SUBCASE("the publisher, before its edge was made") {
    bus_fixture f({}, 2);
    bus_plugin a(f, "a", 1), b(f, "b", 0);
    heard log;
    publish(a.events().open<ping>(), 1, 1);
    const subscription on = log.on<ping>(b);
    a.close();
    f.turn(1);
    f.pass(100ms, 0);
    CHECK(f.hub->edges().empty());
  }
}

TEST_CASE("captures of an ended handler go on its own lane") {
  two_lanes f;
  auto captured = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = captured;
  subscription on = f.b.events().on<ping>([captured](const ping&) {});
  captured.reset();
  on.reset();
  CHECK(alive.expired());  // although lane 1 has work that still refers to the subscription
  f.turn(1);
}

TEST_CASE("a stuck lane is named by lane 0") {
  bus_fixture f({}, 2);
  bus_plugin a(f, "a", 0), b(f, "b", 1);
  heard log;
  const subscription on = log.on<ping>(b);
  publish(a.events().open<ping>(), 1, 1);
  f.turn(0);
  publish(a.events().open<ping>(), 2, 3);
  for (int i = 0; i < 5; ++i) f.pass(200ms, 0);
  REQUIRE(f.slow.size() == 1);
  CHECK(f.slow[0].plugin == "b");
  CHECK(f.slow[0].waiting == 2);
}

TEST_CASE("a subscriber that is paused on another lane is named, too") {
  two_lanes f;
  f.on->pause();
  publish(f.out, 1, 3);
  f.turn(0);  // the events have arrived and wait on lane 0
  for (int i = 0; i < 5; ++i) f.pass(200ms, 0);
  REQUIRE(f.slow.size() == 1);
  CHECK(f.slow[0].plugin == "b");
  CHECK(f.slow[0].waiting == 3);
}

// Turns a lane until told to stop; the last turn comes after that.
void run(lane& on, const std::atomic<bool>& stop) {
  while (!stop.load()) {
    on.turn();
    std::this_thread::yield();
  }
  on.turn();
}

TEST_CASE("two threads exchange events while subscriptions come and go") {
  bus_fixture f({with_queue(1 << 16, overflow::drop_newest)}, 2);
  bus_plugin a(f, "a", 0), b(f, "b", 1);
  const auto to_b = a.events().open<ping>();
  const auto to_a = b.events().open<ping>();
  constexpr std::uint64_t count = 20'000;
  std::atomic<std::uint64_t> heard_a{0}, heard_b{0};
  std::atomic<bool> in_order{true};
  std::uint64_t expected = 1;
  // Everything of `b` happens on its thread, as in a node; each ping from `a` is answered.
  subscription answer;
  std::vector<subscription> brief(4);
  std::uint64_t next = 0;
  f.lanes[1]->post([&] {
    answer = b.events().on<ping>([&](const ping& event) {
      if (event.name != "a") return;
      if (event.number != expected++) in_order = false;
      heard_b.fetch_add(1);
      to_a.publish({"b", event.number});
      brief[next++ % brief.size()] = b.events().on<ping>([&in_order](const ping& one) {
        if (one.number == 0) in_order = false;
      });
    });
  });
  std::uint64_t expected_answer = 1;
  const subscription on_a = a.events().on<ping>([&](const ping& event) {
    if (event.name != "b") return;
    if (event.number != expected_answer++) in_order = false;
    heard_a.fetch_add(1);
  });
  std::atomic<bool> stop{false};
  f.lanes[1]->turn();
  f.lanes[0]->turn();
  std::thread other([&] { run(*f.lanes[1], stop); });
  for (std::uint64_t i = 1; i <= count; ++i) {
    to_b.publish({"a", i});
    if (i % 16 == 0) f.lanes[0]->turn();
    if (i % 512 == 0) CHECK(f.hub->edges().size() >= 3);
    // The queues are far larger than what may be under way, so that nothing is dropped.
    while (i - heard_b.load() > 4096) {
      f.lanes[0]->turn();
      std::this_thread::yield();
    }
  }
  while (heard_a.load() < count) {
    f.lanes[0]->turn();
    std::this_thread::yield();
  }
  f.lanes[1]->post([&] {
    answer.reset();
    brief.clear();
  });
  stop = true;
  other.join();
  f.lanes[0]->turn();
  CHECK(heard_a == count);
  CHECK(heard_b == count);
  CHECK(in_order);
}

}  // namespace
}  // namespace mw::kernel

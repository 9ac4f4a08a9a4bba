// bus_reentrancy_test: what handlers may do to the bus while it delivers to them.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

#include <array>

namespace mw::kernel {
namespace {

struct two_plugins : bus_fixture {
  bus_plugin a{*this, "a"};
  bus_plugin b{*this, "b"};
  heard log;
  publisher<ping> out = a.events().open<ping>();
};

TEST_CASE("what handlers publish comes in a later round, in order, growing the queue meanwhile") {
  two_plugins f;
  // Each event up to 2000 is answered by two: the queue grows many times under its own handler.
  std::uint64_t next = 1;
  std::uint64_t expected = 1;
  bool in_order = true;
  const subscription on = f.b.events().on<ping>([&](const ping& event) {
    in_order = in_order && event.number == expected;
    const std::uint64_t number = event.number;
    for (int i = 0; i < 2 && next < 2000; ++i) f.out.publish({"a", ++next});
    in_order = in_order && event.number == number;  // the event stays readable
    ++expected;
  });
  f.out.publish({"a", 1});
  CHECK(f.hub->drain(0) == 2);
  CHECK(f.hub->drain(0) == 4);
  while (f.hub->drain(0) > 0) continue;
  CHECK(in_order);
  // Until the bound of the queue: 1024 wait at most.
  const edge_info edge = f.edge("a", "b");
  CHECK(edge.delivered == 2000 - edge.dropped);
}

TEST_CASE("a turn ends although handlers publish for ever") {
  two_plugins f;
  std::uint64_t calls = 0;
  const subscription on = f.b.events().on<ping>([&](const ping& event) {
    ++calls;
    f.out.publish({"a", event.number + 1});
  });
  f.out.publish({"a", 1});
  f.turn();
  CHECK(calls == lane::max_rounds);
  CHECK(f.platforms[0]->wakes == 1);
  f.turn();
  CHECK(calls == 2 * lane::max_rounds);
}

TEST_CASE("a handler ends its own subscription, and with it its captures") {
  two_plugins f;
  auto captured = std::make_shared<int>(0);
  const std::weak_ptr<int> alive = captured;
  subscription on;
  on = f.b.events().on<ping>([&, captured](const ping& event) {
    f.log(event);
    on.reset();
    CHECK(*captured == 0);  // still here while it runs
  });
  captured.reset();
  publish(f.out, 1, 3);
  f.turn();
  CHECK(f.log.text == "a1");
  CHECK(alive.expired());
  publish(f.out, 4, 4);
  f.turn();
  CHECK(f.log.text == "a1");
  CHECK(f.b.ledger.subscriptions == 0);
}

TEST_CASE("a handler ends others, before and behind it in the order") {
  two_plugins f;
  std::array<subscription, 3> on;
  std::array<heard, 3> logs;
  for (std::size_t i : {0U, 2U}) on[i] = logs[i].on<ping>(f.b);
  bool ended = false;
  on[1] = f.b.events().on<ping>([&](const ping& event) {
    logs[1](event);
    if (event.number == 2 && !std::exchange(ended, true)) {
      on[0].reset();
      on[2].reset();
    }
  });
  publish(f.out, 1, 3);
  f.turn();
  // Subscribed in the order 0, 2, 1: both have had event 2 by then.
  CHECK(logs[0].text == "a1 a2");
  CHECK(logs[1].text == "a1 a2 a3");
  CHECK(logs[2].text == "a1 a2");
}

TEST_CASE("a handler subscribes: the new one hears what is published from then on") {
  two_plugins f;
  heard late;
  subscription second;
  const subscription on = f.b.events().on<ping>([&](const ping& event) {
    f.log(event);
    if (event.number == 1) {
      second = late.on<ping>(f.b);
      f.out.publish({"a", 10});
    }
  });
  publish(f.out, 1, 2);
  f.turn();
  CHECK(f.log.text == "a1 a2 a10");
  CHECK(late.text == "a10");
}

TEST_CASE("a handler opens a topic and publishes on it") {
  two_plugins f;
  heard pongs;
  const subscription on_pong = pongs.on<pong>(f.a);
  const subscription on = f.b.events().on<ping>(
      [&](const ping& event) { f.b.events().open<pong>().publish({event.number}); });
  publish(f.out, 1, 2);
  f.turn();
  CHECK(pongs.text == "pong1 pong2");
}

TEST_CASE("a handler pauses itself and others; resuming goes on where it stopped") {
  two_plugins f;
  heard other;
  const subscription on_other = other.on<ping>(f.b);
  subscription on;
  on = f.b.events().on<ping>([&](const ping& event) {
    f.log(event);
    if (event.number == 2) {
      on->pause();
      on_other->pause();
    }
  });
  publish(f.out, 1, 4);
  f.turn();
  CHECK(f.log.text == "a1 a2");
  CHECK(other.text == "a1 a2");  // it had event 2 before the pause
  publish(f.out, 5, 5);
  f.turn();
  CHECK(f.log.text == "a1 a2");
  CHECK(f.edge("a", "b").waiting == 6);
  on->resume();
  f.turn();
  CHECK(f.log.text == "a1 a2 a3 a4 a5");
  CHECK(other.text == "a1 a2");
  on_other->resume();
  f.turn();
  CHECK(other.text == "a1 a2 a3 a4 a5");
}

TEST_CASE("a handler resumes another: its events come in the next round of the same turn") {
  two_plugins f;
  heard paused;
  const subscription on_paused = paused.on<ping>(f.b);
  on_paused->pause();
  const subscription on = f.b.events().on<ping>([&](const ping& event) {
    f.log(event);
    if (event.number == 2) on_paused->resume();
  });
  publish(f.out, 1, 3);
  f.turn();
  CHECK(f.log.text == "a1 a2 a3");
  CHECK(paused.text == "a1 a2 a3");
}

TEST_CASE("publishers that come during a pause wait like the others") {
  two_plugins f;
  subscription on = f.log.on<ping>(f.b);
  publish(f.out, 1, 1);
  on->pause();
  bus_plugin late(f, "late");
  const auto late_out = late.events().open<ping>();
  publish(late_out, 2, 2, "late");
  publish(f.out, 3, 3);
  f.turn();
  CHECK(f.log.text.empty());
  on->resume();
  publish(late_out, 4, 4, "late");
  f.turn();
  CHECK(f.log.text == "a1 late2 a3 late4");
}

TEST_CASE("captures of an ended handler may own further subscriptions") {
  two_plugins f;
  auto inner = std::make_shared<subscription>(f.log.on<ping>(f.b));
  subscription outer = f.b.events().on<ping>([inner](const ping&) {});
  inner.reset();
  CHECK(f.b.ledger.subscriptions == 2);
  outer.reset();
  CHECK(f.b.ledger.subscriptions == 0);
  publish(f.out, 1, 1);
  f.turn();
  CHECK(f.log.text.empty());
}

TEST_CASE("a paused subscription may end, and a publisher may go while it is paused") {
  two_plugins f;
  subscription on = f.log.on<ping>(f.b);
  subscription kept = f.log.on<ping>(f.b);
  on->pause();
  kept->pause();
  publish(f.out, 1, 3);
  f.turn();
  on.reset();
  f.a.close();
  f.turn();
  f.pass(100ms);
  kept->resume();
  f.turn();
  CHECK(f.log.text == "a1 a2 a3");
  f.pass(100ms);
  CHECK(f.hub->edges().empty());
}

TEST_CASE("the name that a watchdog reads outlives the subscription and the plug-in") {
  bus_fixture f;
  const std::string* name = nullptr;
  {
    bus_plugin a(f, "a plug-in with a long name");
    subscription on_a;
    on_a = a.events().on<ping>([&](const ping&) {
      name = f.lanes[0]->occupant();
      on_a.reset();
    });
    publish(a.events().open<ping>(), 1, 1);
    f.turn();
  }
  REQUIRE(name != nullptr);
  CHECK(*name == "a plug-in with a long name");
}

}  // namespace
}  // namespace mw::kernel

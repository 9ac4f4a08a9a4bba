// event_bus_test: who hears what, in which order, and when.
// SPDX-License-Identifier: Apache-2.0
#include "bus/event_bus.h"

#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

TEST_CASE("handlers run after the turn's code, never inside publish()") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const subscription on = log.on<ping>(b);
  const auto out = a.events().open<ping>();
  publish(out, 1, 3);
  CHECK(log.text.empty());
  f.turn();
  CHECK(log.take() == "a1 a2 a3");
  f.turn();
  CHECK(log.text.empty());
}

TEST_CASE("every subscriber hears every event, the publisher included") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard first, second, own;
  const subscription on_first = first.on<ping>(b);
  const subscription on_second = second.on<ping>(b);
  const subscription on_own = own.on<ping>(a);
  publish(a.events().open<ping>(), 1, 2);
  f.turn();
  CHECK(first.text == "a1 a2");
  CHECK(second.text == "a1 a2");
  CHECK(own.text == "a1 a2");
}

TEST_CASE("events of a publisher arrive in the order it published them, across topics") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const subscription pings = log.on<ping>(b);
  const subscription pongs = log.on<pong>(b);
  const auto ping_out = a.events().open<ping>();
  const auto pong_out = a.events().open<pong>();
  std::string expected;
  for (std::uint64_t i = 0; i < 500; ++i) {
    // Runs of different lengths, so that both rings grow at different times.
    if (i % 7 < 3) {
      pong_out.publish({i});
      expected += (i == 0 ? "pong" : " pong") + std::to_string(i);
    } else {
      ping_out.publish({"a", i});
      expected += " a" + std::to_string(i);
    }
  }
  f.turn();
  CHECK(log.text == expected);
}

TEST_CASE("opening and subscribing come in any order; opening twice is one channel") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const auto early = a.events().open<ping>();
  publish(early, 1, 1);  // nobody listens: nothing is kept
  const subscription on = log.on<ping>(b);
  const auto again = a.events().open<ping>();
  publish(early, 2, 2);
  publish(again, 3, 3);
  f.turn();
  CHECK(log.text == "a2 a3");
  CHECK(f.hub->edges().size() == 1);
}

TEST_CASE("an ended subscription hears nothing more, queued events included") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard ended, kept;
  subscription on = ended.on<ping>(b);
  const subscription on_kept = kept.on<ping>(b);
  CHECK(b.ledger.subscriptions == 2);
  const auto out = a.events().open<ping>();
  publish(out, 1, 2);
  on.reset();
  CHECK(b.ledger.subscriptions == 1);
  publish(out, 3, 3);
  f.turn();
  CHECK(ended.text.empty());
  CHECK(kept.text == "a1 a2 a3");
}

TEST_CASE("what a publisher sent before it went is still delivered") {
  bus_fixture f;
  heard log;
  bus_plugin b(f, "b");
  const subscription on = log.on<ping>(b);
  auto a = std::make_unique<bus_plugin>(f, "a");
  publish(a->events().open<ping>(), 1, 2);
  a.reset();
  f.turn();
  CHECK(log.take() == "a1 a2");
  CHECK(f.hub->edges().size() == 1);
  f.pass(100ms);
  CHECK(f.hub->edges().empty());

  // A plug-in that is started again under its name is heard again, and its counters go on.
  a = std::make_unique<bus_plugin>(f, "a");
  publish(a->events().open<ping>(), 3, 3);
  f.turn();
  CHECK(log.take() == "a3");
  CHECK(f.edge("a", "b").delivered == 3);
}

TEST_CASE("edges tell what passed them, summed over subscriptions of one plug-in") {
  bus_fixture f;
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const subscription one = log.on<ping>(b);
  subscription two = log.on<ping>(b);
  const auto out = a.events().open<ping>();
  publish(out, 1, 5);
  CHECK(f.edge("a", "b").waiting == 10);
  f.turn();
  edge_info edge = f.edge("a", "b");
  CHECK(edge.delivered == 10);
  CHECK(edge.waiting == 0);
  CHECK(edge.dropped == 0);
  CHECK(edge.capacity == queue_section::default_size);
  two.reset();
  publish(out, 6, 6);
  f.turn();
  CHECK(f.edge("a", "b").delivered == 11);
}

TEST_CASE("undeclared topics are reported and lead nowhere") {
  bus_fixture f;
  bus_plugin good(f, "good");
  bus_plugin bad(f, "bad", 0, manifest().publishes<pong>());
  heard from_bad, by_bad;
  const subscription on = from_bad.on<ping>(good);
  const subscription on_bad = by_bad.on<ping>(bad);
  publish(bad.events().open<ping>(), 1, 1);
  publish(good.events().open<ping>(), 2, 2);
  f.turn();
  CHECK(bad.failures() ==
        "subscribes to test.ping/1 without declaring it in describe()\n"
        "publishes test.ping/1 without declaring it in describe()\n");
  CHECK(bad.failures().empty());
  CHECK(good.failures().empty());
  CHECK(from_bad.text == "a2");
  CHECK(by_bad.text.empty());
}

// The same topic as `ping`, as a library built against another header has it.
struct old_ping {
  static constexpr std::string_view topic = "test.ping/1";
  static constexpr std::string_view doc = "An older form.";
  std::uint64_t number = 0;
  static constexpr auto fields() {
    return field_list(field<&old_ping::number>("number", "Which."));
  }
};

TEST_CASE("a struct that differs from the first of its topic is refused, on both ends") {
  bus_fixture f;
  bus_plugin good(f, "good");
  bus_plugin old(f, "old", 0, manifest().publishes<old_ping>().subscribes<old_ping>());
  heard log;
  const subscription on = log.on<ping>(good);
  int heard_old = 0;
  const subscription on_old = old.events().on<old_ping>([&](const old_ping&) { ++heard_old; });
  const auto old_out = old.events().open<old_ping>();
  const auto good_out = good.events().open<ping>();
  old_out.publish({1});
  publish(good_out, 2, 2);
  f.turn();
  CHECK(log.text == "a2");
  CHECK(heard_old == 0);
  const std::string sentence =
      "its event test.ping/1 has other fields than the one of good: build both against the same "
      "header, or raise the topic's version\n";
  CHECK(old.failures() == sentence + sentence);
  CHECK(good.failures().empty());
}

}  // namespace
}  // namespace mw::kernel

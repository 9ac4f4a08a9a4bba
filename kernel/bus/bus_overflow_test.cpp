// bus_overflow_test: what full queues do, and that they count it.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

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

struct one_edge : bus_fixture {
  explicit one_edge(bus_rule rule) : bus_fixture({std::move(rule)}) {}
  bus_plugin a{*this, "a"};
  bus_plugin b{*this, "b"};
  heard log;
  subscription on = log.on<ping>(b);
  publisher<ping> out = a.events().open<ping>();
  [[nodiscard]] edge_info edge_ab() const { return edge("a", "b"); }
};

TEST_CASE("drop_oldest keeps the newest events") {
  for (const std::uint32_t size : {1U, 2U, 3U, 8U, 9U, 100U}) {
    CAPTURE(size);
    one_edge f(with_queue(size, overflow::drop_oldest));
    publish(f.out, 1, size);
    CHECK(f.edge_ab().dropped == 0);
    publish(f.out, size + 1, 3 * size);
    CHECK(f.edge_ab().dropped == 2 * size);
    CHECK(f.edge_ab().waiting == size);
    f.turn();
    std::string expected;
    for (std::uint64_t i = 2 * size + 1; i <= 3 * size; ++i)
      expected += (expected.empty() ? "a" : " a") + std::to_string(i);
    CHECK(f.log.take() == expected);
    CHECK(f.edge_ab().delivered == size);
    // The queue works as before.
    publish(f.out, 1, 1);
    f.turn();
    CHECK(f.log.take() == "a1");
  }
}

TEST_CASE("drop_newest keeps the oldest events") {
  one_edge f(with_queue(3, overflow::drop_newest));
  publish(f.out, 1, 8);
  CHECK(f.edge_ab().dropped == 5);
  f.turn();
  CHECK(f.log.take() == "a1 a2 a3");
  publish(f.out, 9, 9);
  f.turn();
  CHECK(f.log.take() == "a9");
}

TEST_CASE("latest keeps one event whatever the size says") {
  one_edge f(with_queue(50, overflow::latest));
  CHECK(f.edge_ab().capacity == 1);
  publish(f.out, 1, 8);
  f.turn();
  CHECK(f.log.take() == "a8");
  CHECK(f.edge_ab().dropped == 7);
}

TEST_CASE("coalesce replaces the waiting event with the same key, in its place") {
  one_edge f(with_queue(3, overflow::coalesce, "name"));
  f.out.publish({"x", 1});
  f.out.publish({"y", 1});
  f.out.publish({"x", 2});
  f.out.publish({"y", 2});
  f.out.publish({"y", 3});
  CHECK(f.edge_ab().waiting == 2);
  CHECK(f.edge_ab().dropped == 0);
  f.turn();
  CHECK(f.log.take() == "x2 y3");
  // A fourth key drops the oldest.
  for (const char* name : {"w", "x", "y", "z", "z"}) f.out.publish({name, 4});
  CHECK(f.edge_ab().dropped == 1);
  f.turn();
  CHECK(f.log.take() == "x4 y4 z4");
}

TEST_CASE("coalesce works with keys of every kind, and after the queue has grown") {
  one_edge f(with_queue(64, overflow::coalesce, "number"));
  for (int round = 0; round < 3; ++round) {
    const std::string name(1, static_cast<char>('p' + round));
    publish(f.out, 1, 64, name);
  }
  CHECK(f.edge_ab().waiting == 64);
  CHECK(f.edge_ab().dropped == 0);
  f.turn();
  CHECK(f.log.text.starts_with("r1 r2 r3"));
}

TEST_CASE("a full queue that is being delivered follows its policy, too") {
  struct row {
    overflow full;
    std::uint32_t size;
    std::string_view heard;
    std::uint64_t dropped;
  };
  // While a1 is delivered, the handler publishes n1 to n4 into its own full queue.
  const row rows[] = {
      {overflow::drop_oldest, 3, "a1 n2 n3 n4", 3},
      {overflow::drop_newest, 3, "a1 a2 a3 n1", 3},
      {overflow::latest, 1, "a1 n4", 3},
      {overflow::drop_oldest, 1, "a1 n4", 3},
  };
  for (const row& one : rows) {
    CAPTURE(one.heard);
    bus_fixture f({with_queue(one.size, one.full)});
    bus_plugin a(f, "a");
    heard log;
    const auto out = a.events().open<ping>();
    bool published = false;
    const subscription on = a.events().on<ping>([&](const ping& event) {
      if (!std::exchange(published, true)) publish(out, 1, 4, "n");
      log(event);  // after publishing: the event must still be what it was
    });
    publish(out, 1, one.size);
    f.turn();
    CHECK(f.edge("a", "a").dropped == one.dropped);
    CHECK(log.text == one.heard);
  }
}

TEST_CASE("coalescing leaves the event alone that a handler looks at") {
  bus_fixture f({with_queue(2, overflow::coalesce, "name")});
  bus_plugin a(f, "a");
  heard log;
  const auto out = a.events().open<ping>();
  const subscription on = a.events().on<ping>([&](const ping& event) {
    if (event.number == 1) out.publish({event.name, 2});
    log(event);
  });
  out.publish({"x", 1});
  out.publish({"y", 1});
  f.turn();
  CHECK(log.text == "x1 y1 x2 y2");
  CHECK(f.edge("a", "a").dropped == 0);
}

TEST_CASE("drops keep the order across topics") {
  bus_fixture f({with_queue(2, overflow::drop_oldest)});
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const subscription pings = log.on<ping>(b);
  const subscription pongs = log.on<pong>(b);
  const auto ping_out = a.events().open<ping>();
  const auto pong_out = a.events().open<pong>();
  publish(ping_out, 1, 1);
  pong_out.publish({1});
  publish(ping_out, 2, 5000);
  pong_out.publish({2});
  publish(ping_out, 5001, 5001);
  f.turn();
  CHECK(log.text == "pong1 a5000 pong2 a5001");
}

}  // namespace
}  // namespace mw::kernel

// bus_watch_test: subscriptions that do not keep up are named, once, and others do not suffer.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

struct watched : bus_fixture {
  explicit watched(std::vector<bus_rule> rules = {}) : bus_fixture(std::move(rules)) {}
  bus_plugin a{*this, "a"}, stuck{*this, "stuck"}, well{*this, "well"};
  heard at_stuck, at_well;
  subscription on_stuck = at_stuck.on<ping>(stuck);
  subscription on_well = at_well.on<ping>(well);
  publisher<ping> out = a.events().open<ping>();
};

TEST_CASE("a paused subscriber is named within a second and does not hold up the others") {
  watched f;
  f.on_stuck->pause();
  publish(f.out, 1, 3);
  f.turn();
  CHECK(f.at_well.take() == "a1 a2 a3");
  CHECK(f.at_stuck.text.empty());
  for (int i = 0; i < 5; ++i) f.pass(200ms);
  REQUIRE(f.slow.size() == 1);
  CHECK(f.slow[0].plugin == "stuck");
  CHECK(f.slow[0].slow_topic == "test.ping/1");
  CHECK(f.slow[0].waiting == 3);
  CHECK(f.slow[0].age >= 700ms);
  CHECK(f.slow[0].age <= 1s);
  // Once is enough.
  for (int i = 0; i < 20; ++i) f.pass(200ms);
  CHECK(f.slow.size() == 1);
  f.on_stuck->resume();
  f.turn();
  CHECK(f.at_stuck.take() == "a1 a2 a3");
}

TEST_CASE("a flood that drops does not look like progress") {
  bus_rule small;
  small.on = "test.ping";
  small.queue.size = 4;
  watched f({small});
  f.on_stuck->pause();
  for (int i = 0; i < 6; ++i) {
    publish(f.out, 1, 50);
    f.turn();
    f.pass(200ms);
  }
  REQUIRE(f.slow.size() == 1);
  CHECK(f.slow[0].plugin == "stuck");
  CHECK(f.edge("a", "stuck").dropped == 6 * 50 - 4);
  f.on_stuck->resume();
  f.turn();
  CHECK(f.at_stuck.text == "a47 a48 a49 a50");
}

TEST_CASE("who catches up is not slow, and is named again when it falls behind again") {
  watched f;
  for (int i = 0; i < 20; ++i) {
    publish(f.out, 1, 1);
    f.pass(200ms);  // the watch sees an event waiting each time
    f.turn();
  }
  CHECK(f.slow.empty());
  for (std::size_t round = 1; round <= 2; ++round) {
    f.on_stuck->pause();
    publish(f.out, 1, 1);
    f.turn();
    for (int i = 0; i < 5; ++i) f.pass(200ms);
    CHECK(f.slow.size() == round);
    f.on_stuck->resume();
    f.turn();
    f.pass(200ms);
  }
}

TEST_CASE("a slow but moving subscriber is not named as long as it moves through its queue") {
  watched f;
  f.on_stuck->pause();
  publish(f.out, 1, 1);
  for (int i = 0; i < 10; ++i) {
    f.turn();
    f.pass(300ms);
    publish(f.out, 1, 1);  // always something that waits
    f.on_stuck->resume();
    f.turn();
    f.on_stuck->pause();
    publish(f.out, 1, 1);
    f.pass(300ms);
  }
  CHECK(f.slow.empty());
}

TEST_CASE("the report may use the bus") {
  watched f;
  f.on_slow = [&] { publish(f.a.events().open<ping>(), 9, 9, "report"); };
  f.on_stuck->pause();
  publish(f.out, 1, 1);
  f.turn();
  CHECK(f.at_well.take() == "a1");
  for (int i = 0; i < 5; ++i) f.pass(200ms);
  f.turn();
  CHECK(f.at_well.text == "report9");
}

}  // namespace
}  // namespace mw::kernel

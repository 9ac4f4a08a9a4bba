// bus_rules_test: what the `bus:` section changes, and what taps hear.
// SPDX-License-Identifier: Apache-2.0
#include "bus/bus_rules.h"

#include "bus/bus_fixture.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

TEST_CASE("topics are named with and without version, and by their beginning") {
  CHECK(topic_matches("peer.up/1", "peer.up/1"));
  CHECK(topic_matches("peer.up", "peer.up/1"));
  CHECK(topic_matches("peer.*", "peer.up/1"));
  CHECK(topic_matches("*", "peer.up/1"));
  CHECK_FALSE(topic_matches("peer.up/2", "peer.up/1"));
  CHECK_FALSE(topic_matches("peer", "peer.up/1"));
  CHECK_FALSE(topic_matches("peer.upper", "peer.up/1"));
  CHECK_FALSE(topic_matches("link.*", "peer.up/1"));
  CHECK_FALSE(topic_matches("", "peer.up/1"));
}

bus_rule rule(std::vector<std::string> from, std::vector<std::string> to, std::string where = {}) {
  bus_rule out;
  out.on = "test.ping";
  out.from = std::move(from);
  out.to = std::move(to);
  out.where = std::move(where);
  return out;
}

// Two publishers and two subscribers; what each subscriber heard when both published 1 and 2.
struct crossroads : bus_fixture {
  explicit crossroads(std::vector<bus_rule> rules) : bus_fixture(std::move(rules)) {}
  bus_plugin a{*this, "a"}, b{*this, "b"}, c{*this, "c"}, d{*this, "d"};
  heard at_c, at_d;
  subscription on_c = at_c.on<ping>(c);
  subscription on_d = at_d.on<ping>(d);

  void run() {
    publish(a.events().open<ping>(), 1, 2, "a");
    publish(b.events().open<ping>(), 1, 2, "b");
    turn();
  }
};

TEST_CASE("rules narrow edges by publisher and subscriber") {
  struct row {
    std::vector<bus_rule> rules;
    std::string_view at_c;
    std::string_view at_d;
  };
  const row rows[] = {
      {{}, "a1 a2 b1 b2", "a1 a2 b1 b2"},
      {{rule({}, {})}, "a1 a2 b1 b2", "a1 a2 b1 b2"},
      {{rule({"a"}, {})}, "a1 a2", "a1 a2"},
      {{rule({}, {"c"})}, "a1 a2 b1 b2", ""},
      {{rule({"a"}, {"c"})}, "a1 a2", ""},
      {{rule({"a"}, {"c"}), rule({"b"}, {"d"})}, "a1 a2", "b1 b2"},
      {{rule({"a", "b"}, {"d"})}, "", "a1 a2 b1 b2"},
      {{rule({"x"}, {})}, "", ""},
      // The first rule that speaks of an edge holds for it.
      {{rule({"a"}, {"c"}, "number > 1"), rule({}, {})}, "a2 b1 b2", "a1 a2 b1 b2"},
      {{rule({}, {}, "number == 1"), rule({}, {})}, "a1 b1", "a1 b1"},
      {{rule({}, {"c"}, "name == 'b'"), rule({}, {"d"}, "not name == 'b'")}, "b1 b2", "a1 a2"},
  };
  for (const row& one : rows) {
    crossroads f(one.rules);
    f.run();
    CHECK(f.at_c.text == one.at_c);
    CHECK(f.at_d.text == one.at_d);
  }
}

TEST_CASE("rules on one topic leave other topics alone") {
  bus_rule other = rule({"x"}, {});
  other.on = "test.pong";
  crossroads f({other});
  f.run();
  CHECK(f.at_c.text == "a1 a2 b1 b2");
}

TEST_CASE("a filter that does not fit a topic is the subscriber's mistake, not silence") {
  crossroads f({rule({}, {"c"}, "zone == 'a'"), rule({}, {})});
  f.run();
  CHECK(f.at_c.text.empty());
  CHECK(f.at_d.text == "a1 a2 b1 b2");
  CHECK(
      f.c.failures().starts_with("the bus rule on test.ping cannot filter test.ping/1: at byte 1: "
                                 "this event has no field 'zone'"));
}

TEST_CASE("filtered events are no drops and never wait") {
  bus_rule narrow = rule({}, {}, "number > 90");
  narrow.queue.size = 10;
  bus_fixture f({narrow});
  bus_plugin a(f, "a"), b(f, "b");
  heard log;
  const subscription on = log.on<ping>(b);
  publish(a.events().open<ping>(), 1, 100);
  CHECK(f.edge("a", "b").waiting == 10);
  CHECK(f.edge("a", "b").dropped == 0);
  f.turn();
  CHECK(log.text.starts_with("a91 a92"));
  CHECK(f.edge("a", "b").delivered == 10);
}

struct tapped : crossroads {
  tapped() : crossroads({rule({"a"}, {"c"}, "number > 1")}) {}
  bus_plugin tool{*this, "tool", 0, manifest()};
  std::string seen;

  [[nodiscard]] result<subscription> tap(std::string_view topics, std::string_view where = "",
                                         std::uint32_t size = 100) {
    return hub->tap(tool.client, topics, where, size, [this](const tapped_event& one) {
      seen += std::string(one.publisher) + " " + std::string(one.type.topic) + " " +
              std::to_string(one.type.fields.back().get(one.event).natural) + "\n";
    });
  }
};

TEST_CASE("a tap hears all publishers of its topics, whatever the rules say") {
  tapped f;
  const auto one = f.tap("test.p*");
  REQUIRE(one);
  f.run();
  f.c.events().open<pong>().publish({7});
  f.turn();
  CHECK(f.seen ==
        "a test.ping/1 1\na test.ping/1 2\nb test.ping/1 1\nb test.ping/1 2\nc test.pong/1 7\n");
  CHECK(f.at_c.text == "a2");
  CHECK(f.tool.ledger.subscriptions == 1);
}

TEST_CASE("a tap's filter selects events, and topics that have its fields") {
  tapped f;
  const auto one = f.tap("*", "name == 'b'");
  REQUIRE(one);
  f.run();
  f.c.events().open<pong>().publish({7});
  f.turn();
  CHECK(f.seen == "b test.ping/1 1\nb test.ping/1 2\n");
}

TEST_CASE("a tap whose filter cannot be read or fits no topic is refused") {
  tapped f;
  const auto unread = f.tap("*", "name = 'b'");
  REQUIRE_FALSE(unread);
  CHECK(unread.error().kind() == errc::invalid);
  CHECK(unread.error().text() == "at byte 6: write '==' to compare");
  f.run();
  const auto misfit = f.tap("test.ping", "nam == 'b'");
  REQUIRE_FALSE(misfit);
  CHECK(misfit.error().text() == "at byte 1: this event has no field 'nam' (did you mean 'name'?)");
  CHECK(f.tap("test.pong", "nam == 'b'"));  // nobody publishes it yet: nothing to judge by
  CHECK(f.tool.ledger.subscriptions == 0);
}

TEST_CASE("a tap's queue is bounded, and keeps the order across topics over a pause") {
  tapped f;
  auto one = f.tap("*", "", 2);
  REQUIRE(one);
  const auto pings = f.a.events().open<ping>();
  const auto pongs = f.a.events().open<pong>();
  (*one)->pause();
  publish(pings, 1, 1);
  pongs.publish({2});
  f.turn();
  publish(pings, 3, 4);  // 1 is dropped
  pongs.publish({5});
  f.turn();
  publish(pings, 6, 6);  // 3 is dropped
  (*one)->resume();
  f.turn();
  CHECK(f.seen == "a test.pong/1 2\na test.ping/1 4\na test.pong/1 5\na test.ping/1 6\n");
  one.value().reset();
  f.seen.clear();
  publish(pings, 7, 7);
  f.turn();
  CHECK(f.seen.empty());
}

}  // namespace
}  // namespace mw::kernel

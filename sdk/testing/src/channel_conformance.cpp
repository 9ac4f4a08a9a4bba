// channel_conformance: the promises of channel/1, checked with two channels in one node.
// SPDX-License-Identifier: Apache-2.0
#include <mw/channel_conformance.h>
#include <mw/channel_probe.h>
#include <mw/events.h>

#include <memory>
#include <string>

namespace mw::conformance {
namespace {

using kind = message_kind;

std::string pattern(std::size_t size, std::size_t seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    text[i] = static_cast<char>('!' + (i * 31 + i / 251 + seed) % 90);
  return text;
}

// Both channels with a probe each.
class table {
 public:
  explicit table(const channel_bench& bench)
      : node(bench.setup), near(channel_of("near")), far(channel_of("far")), bench_(bench) {
    node.in_turn([this] {
      near.out.attach(near);
      far.out.attach(far);
    });
  }

  void introduce(const std::string& address) {
    node.publish(peer_found{.id = "far", .address = address, .zone = "", .source = "suite"});
  }
  void connect() {
    introduce(bench_.far_address);
    const bool linked = node.run_until([this] { return near.up("far") && far.up("near"); });
    REQUIRE_MESSAGE(linked, "the two never connected: ", node.failed());
  }
  bool far_heard(std::size_t count, duration deadline = 60s) {
    return node.run_until([this, count] { return far.messages.size() >= count; }, deadline);
  }

  test_node node;
  channel_probe near;
  channel_probe far;

 private:
  channel& channel_of(std::string_view stanza) {
    channel* const found = node.contract<channel>(stanza);
    REQUIRE_MESSAGE(found != nullptr, std::string(stanza),
                    " provides no channel/1: ", node.failed());
    return *found;
  }
  const channel_bench& bench_;
};

}  // namespace

void channel_carries_every_kind(const channel_bench& bench) {
  table t(bench);
  t.connect();
  link_ref link;
  t.node.in_turn([&] {
    CHECK(t.near.send("far", {.kind = kind::one_way}, "told").ok());
    const auto placed = t.near.send("far", {.kind = kind::request, .id = 9}, "asked");
    REQUIRE(placed);
    link = *placed;
    CHECK_MESSAGE(link.generation != 0, "a peer that is up has a link at once");
    CHECK(t.near.send("far", {.kind = kind::request_item, .id = 9}, "more", link).ok());
    CHECK(t.near.send("far", {.kind = kind::request_end, .id = 9}, "", link).ok());
    CHECK_MESSAGE(t.far.messages.empty(), "a message arrived inside send()");
  });
  REQUIRE(t.far_heard(4));
  const std::array wanted{kind::one_way, kind::request, kind::request_item, kind::request_end};
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    CHECK(t.far.messages[i].head.kind == wanted[i]);
    CHECK(t.far.messages[i].from == "near");
  }
  CHECK(t.far.messages[1].body == "asked");
  CHECK(t.far.messages[2].head.id == 9);
  const link_ref back = t.far.messages[1].on;
  t.node.in_turn([&] {
    CHECK(t.far.reply(back, {.kind = kind::reply_item, .id = 9}, "one").ok());
    CHECK(t.far.reply(back, {.kind = kind::reply, .id = 9}, "last").ok());
  });
  REQUIRE(t.node.run_until([&] { return t.near.messages.size() == 2; }));
  CHECK(t.near.messages[0].head.kind == kind::reply_item);
  CHECK(t.near.messages[1].body == "last");
  CHECK(t.near.messages[1].on == link);
}

void channel_keeps_the_order_of_a_priority(const channel_bench& bench) {
  table t(bench);
  t.connect();
  constexpr int count = 3000;
  for (int i = 0; i < count; i += 100)
    t.node.in_turn([&t, i] {
      for (int k = i; k < i + 100; ++k)
        for (const priority p : {priority::low, priority::normal, priority::critical})
          CHECK(t.near.send("far", {.priority = p}, std::to_string(k)).ok());
    });
  REQUIRE(t.far_heard(3 * count));
  std::array<int, 4> next{};
  for (const auto& m : t.far.messages) {
    int& expected = next[static_cast<std::size_t>(m.head.priority)];
    if (m.body != std::to_string(expected)) FAIL("out of order: ", m.body, " not ", expected);
    ++expected;
  }
}

void channel_carries_large_beside_small(const channel_bench& bench) {
  table t(bench);
  t.connect();
  const std::string large = pattern(std::size_t{3} << 20, 1);
  t.node.in_turn([&] {
    CHECK(t.near.send("far", {.priority = priority::low, .id = 1}, large).ok());
    for (std::uint64_t i = 0; i < 10; ++i)
      CHECK(t.near.send("far", {.priority = priority::critical, .id = 2 + i}, "small").ok());
  });
  REQUIRE(t.far_heard(11));
  CHECK_MESSAGE(t.far.messages.back().head.id == 1, "small urgent messages waited for a large one");
  CHECK_MESSAGE(t.far.messages.back().body == large, "a large message came damaged");
}

void channel_refuses_what_is_too_large(const channel_bench& bench) {
  table t(bench);
  t.connect();
  t.node.in_turn([&] {
    const auto sent = t.near.send("far", {}, std::string((std::size_t{1} << 28), 'x'));
    REQUIRE_FALSE(sent.ok());
    CHECK(sent.error().kind() == errc::invalid);
    CHECK(t.near.send("far", {}, "fits").ok());
  });
  CHECK(t.far_heard(1));
}

void channel_refuses_stale_names(const channel_bench& bench) {
  table t(bench);
  t.connect();
  t.node.in_turn([&] {
    message_out body;
    const auto nobody = t.near.out.send({4711, 1}, {}, body, {});
    REQUIRE_FALSE(nobody.ok());
    CHECK(nobody.error().kind() == errc::not_found);
    const peer_ref far = t.near.peer("far")->ref;
    const auto no_link = t.near.out.send(far, {.kind = kind::cancel, .id = 1}, body, {4711, 1});
    REQUIRE_FALSE(no_link.ok());
    CHECK(no_link.error().kind() == errc::disconnected);
    CHECK(t.near.out.reply({4711, 1}, {.kind = kind::reply}, body).error().kind() ==
          errc::disconnected);
    t.near.out.consumed({4711, 1}, kind::request_item, 1, 100);
  });
}

void channel_places_what_waited(const channel_bench& bench) {
  table t(bench);
  t.introduce(bench.far_address);
  bool asked = false;
  const bool linked = t.node.run_until([&] {
    if (!asked && t.near.peer("far") != nullptr) {
      asked = true;
      t.node.in_turn([&] {
        for (std::uint64_t i = 1; i <= 20; ++i) {
          const auto sent = t.near.send("far", {.kind = kind::request, .id = i}, "early");
          REQUIRE(sent);
          if (sent->generation != 0) t.near.placements.push_back({{.id = i}, *sent, {}});
        }
      });
    }
    return t.far.messages.size() >= 20;
  });
  REQUIRE(linked);
  REQUIRE(t.near.placements.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(t.near.placements[i].head.id == i + 1);
    REQUIRE(t.near.placements[i].where.has_value());
    CHECK(t.far.messages[i].head.id == i + 1);
  }
}

void channel_gives_up_in_time(const channel_bench& bench) {
  table t(bench);
  t.introduce("127.0.0.1:9");  // nobody listens there
  REQUIRE(t.node.run_until([&] { return t.near.peer("far") != nullptr; }));
  t.node.in_turn([&] {
    message_head head{.kind = kind::request, .id = 5};
    const auto sent = t.near.send("far", head, "never");
    REQUIRE(sent);
    CHECK(sent->generation == 0);
    CHECK_MESSAGE(t.near.placements.empty(), "on_placed() inside send()");
  });
  REQUIRE(t.node.run_until([&] { return !t.near.placements.empty(); }, 10min));
  CHECK(t.near.placements[0].head.id == 5);
  CHECK(t.near.placements[0].failed == errc::timed_out);
  t.node.run_for(1min);
  CHECK(t.near.placements.size() == 1);
}

void channel_pushes_back_and_tells_of_room(const channel_bench& bench) {
  table t(bench);
  t.connect();
  const std::string block = pattern(100'000, 2);
  std::size_t sent = 0;
  bool refused = false;
  t.node.in_turn([&] {
    while (sent < 10'000 && !refused) {
      const auto one = t.near.send("far", {.id = sent}, block);
      if (one.ok()) {
        ++sent;
        continue;
      }
      refused = true;
      CHECK(one.error().kind() == errc::overloaded);
      CHECK_MESSAGE(t.near.rooms == 0, "on_room() inside send()");
    }
  });
  REQUIRE_MESSAGE(refused, "1 GB was taken in one turn");
  CHECK_MESSAGE(t.node.run_until([&] { return t.near.rooms > 0; }), "never told of room");
  CHECK(t.far_heard(sent));
  for (std::size_t i = 0; i < sent; ++i)
    if (t.far.messages[i].body != block) FAIL("message ", i, " came damaged");
}

void channel_holds_items_until_consumed(const channel_bench& bench) {
  table t(bench);
  t.connect();
  t.far.hold_items = true;
  const std::string item(10'000, 'i');
  link_ref link;
  std::size_t sent = 0;
  const auto send_items = [&] {
    while (sent < 10'000 &&
           t.near.send("far", {.kind = kind::request_item, .id = 3}, item, link).ok())
      ++sent;
  };
  t.node.in_turn([&] {
    link = *t.near.send("far", {.kind = kind::request, .id = 3}, "begin");
    send_items();
  });
  REQUIRE_MESSAGE(sent < 10'000, "100 MB of held items were taken");
  REQUIRE(t.far_heard(1 + sent));
  t.node.run_for(1s);
  t.near.rooms = 0;
  t.node.in_turn([&] {
    CHECK_FALSE(t.near.send("far", {.kind = kind::request_item, .id = 3}, item, link).ok());
  });
  const std::size_t before = sent;
  t.node.in_turn([&] {
    for (const auto& m : t.far.messages)
      if (m.head.kind == kind::request_item)
        t.far.out.consumed(m.on, kind::request_item, 3, m.body.size());
  });
  REQUIRE_MESSAGE(t.node.run_until([&] { return t.near.rooms > 0; }), "never told of room");
  t.node.in_turn(send_items);
  CHECK(sent > before);
  CHECK(t.far_heard(1 + sent));
}

void channel_tells_of_lost_links(const channel_bench& bench) {
  table t(bench);
  t.connect();
  link_ref link;
  t.node.in_turn([&] { link = *t.near.send("far", {.kind = kind::request, .id = 1}, "lost?"); });
  REQUIRE(t.far_heard(1));
  t.node.world().network().reset_streams(0, 0);
  REQUIRE(t.node.run_until([&] { return !t.near.links_closed.empty(); }));
  CHECK(t.near.links_closed[0].link == link);
  t.node.in_turn([&] {
    const auto late = t.near.send("far", {.kind = kind::cancel, .id = 1}, "", link);
    REQUIRE_FALSE(late.ok());
    CHECK(late.error().kind() == errc::disconnected);
  });
  REQUIRE(t.node.run_until([&] { return t.near.up("far") && t.far.up("near"); }));
  t.node.in_turn([&] { CHECK(t.near.send("far", {}, "again").ok()); });
  CHECK(t.far_heard(2));
}

void channel_leaves_the_body_alone(const channel_bench& bench) {
  table t(bench);
  t.connect();
  const std::string shared = pattern(8000, 3);
  t.node.in_turn([&] {
    message_out body;
    body.append(as_bytes("head "));
    body.append(slice::copy_of(shared));
    body.append(as_bytes(" tail"));
    const peer_ref far = t.near.peer("far")->ref;
    for (int i = 0; i < 3; ++i) CHECK(t.near.out.send(far, {}, body, {}).ok());
    CHECK(body.size() == 5 + shared.size() + 5);
  });
  REQUIRE(t.far_heard(3));
  for (const auto& m : t.far.messages) CHECK(m.body == "head " + shared + " tail");
}

}  // namespace mw::conformance

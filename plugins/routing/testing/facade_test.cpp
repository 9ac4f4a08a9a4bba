// facade_test: the typed helpers of the SDK over engines: cluster, streams, questions to many.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <mw/cluster.h>

#include <doctest/doctest.h>

namespace mw::routing {
namespace {

struct trio {
  trio() {
    for (const char* id : {"a", "b", "c"}) (void)world.add(id);
    world.start();
    for (std::uint32_t i = 1; i < 3; ++i) {
      kept.push_back(
          at(i)
              .serve<text, text>("who",
                                 [this, i](const text& in, const incoming&, responder<text> out) {
                                   got += world[i].id + in.value;
                                   if (in.value == "b?" && i == 1)
                                     return out.refuse({errc::denied, "no"});
                                   if (out.expected()) out.reply({world[i].id});
                                 })
              .value());
    }
    kept.push_back(at(2).join("club").value());
    world.run_for(1s);
  }
  ~trio() { kept.clear(); }
  cluster at(std::uint32_t i) { return {*world[i], *world[i]}; }

  std::string got;
  std::vector<registration_ptr> kept;
  fake_world world;
};

}  // namespace

TEST_CASE("cluster: messages to a node, to one, to all, to a group") {
  trio t;
  cluster a = t.at(0);
  bool settled = false;
  CHECK(a.send("b", "who", text{"1"}, {}, [&](const status& s) { settled = s.ok(); }));
  t.world.run_for(1s);
  CHECK(t.got == "b1");
  CHECK(settled);
  t.got.clear();
  CHECK(a.broadcast("who", text{"2"}));
  t.world.run_for(1s);
  CHECK((t.got == "b2c2" || t.got == "c2b2"));
  t.got.clear();
  CHECK(a.multicast("club", "who", text{"3"}));
  t.world.run_for(1s);
  CHECK(t.got == "c3");
  CHECK(a.send_balanced("who", text{"4"}));
  CHECK(a.send("nobody", "who", text{"5"}).error().kind() == errc::not_found);
}

// Whoever has no room does not get it, and that is said: to the sender, to `settled`, to operators.
TEST_CASE("cluster: a message to all of which one has no room") {
  trio t;
  cluster a = t.at(0);
  const auto refused = [&] {
    return t.world[0].host->metric("mw_router_refused_total", "reason=partial");
  };
  t.world.window = 1;
  CHECK(a.send("b", "who", text{"1"}));  // and b is full
  const result<reach> some = a.broadcast("who", text{"2"});
  REQUIRE(some);
  CHECK(some->taken == 1);
  CHECK(some->refused == 1);
  CHECK_FALSE(some->whole());
  CHECK(refused() == 1);
  CHECK(a.broadcast("who", text{"3"}).error().kind() == errc::overloaded);  // now all are
  CHECK(refused() == 1);
  t.world.run_for(1s);
  CHECK((t.got == "b1c2" || t.got == "c2b1"));
  CHECK(a.send("c", "who", text{"4"}));
  route where = to_service(*t.world[0], "who");
  where.to = send_to::all;
  std::string settled;
  const auto told = mw::send(*t.world[0], where, text{"5"},
                             [&](const status& s) { settled = s ? "ok" : s.error().text(); });
  REQUIRE(told);
  CHECK(told->refused == 1);
  CHECK(refused() == 2);
  t.world.run_for(1s);
  CHECK(settled.starts_with("1 of 2 did not take the message; the first: "));
  const result<reach> whole = a.broadcast("who", text{"6"});
  REQUIRE(whole);
  CHECK(whole->whole());
  CHECK(whole->taken == 2);
}

TEST_CASE("cluster: members, health, stats") {
  trio t;
  cluster a = t.at(0);
  REQUIRE(a.members().size() == 3);
  CHECK(a.members()[2].groups == std::vector<std::string>{"club"});
  CHECK(a.health("b") == 1);
  t.world.cut(0, 1, true);
  t.world.run_for(1s);
  CHECK(a.health("b") == 0);
  CHECK(a.health("nobody") == 0);
  CHECK(a.stats().up == 2);
  CHECK(a.stats().down == 1);
}

TEST_CASE("cluster: gather merges what the members say, with some missing") {
  trio t;
  cluster a = t.at(0);
  std::string all, some;
  const auto merge = [](std::string& sum, const text& one) { sum += one.value; };
  CHECK(a.gather<text>("who", text{"?"}, std::string("+"), merge,
                       [&](const result<std::string>& r) { all = r.value(); }));
  CHECK(a.gather<text>("who", text{"b?"}, std::string("+"), merge,
                       [&](const result<std::string>& r) { some = r.value(); }));
  t.world.run_for(1s);
  CHECK((all == "+bc" || all == "+cb"));
  CHECK(some == "+c");
}

TEST_CASE("ask_many: who replied, who failed and why") {
  trio t;
  route where = to_service(*t.world[0], "who");
  CHECK(!ask_many<text>(*t.world[0], where, text{"b?"}, [](const gathered<text>&) {}));
  where.to = send_to::all;
  where.quorum = 2;
  gathered<text> heard;
  CHECK(ask_many<text>(*t.world[0], where, text{"b?"},
                       [&](gathered<text> g) { heard = std::move(g); }));
  t.world.run_for(1s);
  REQUIRE(heard.failures.size() == 1);
  CHECK(heard.failures[0].from == "b");
  CHECK(heard.failures[0].why.kind() == errc::denied);
  REQUIRE(heard.error);
  CHECK(heard.counts.failed == 1);
}

TEST_CASE("open_stream: items both ways, typed") {
  trio t;
  engine& b = *t.world[1];
  std::string sum;
  t.kept.push_back(serve_stream<text>(
                       b, b, "sum",
                       [&](const text& item, const incoming& in) {
                         sum += item.value;
                         responder<text> out(b, b, in.reply);
                         CHECK(out.item({"so far " + sum}));
                         (void)out.release();
                       },
                       [&](const incoming& in) {
                         if (in.what != incoming::kind::end) return;
                         responder<text>(b, b, in.reply).reply({sum});
                       })
                       .value());
  t.world.run_for(1s);
  std::string items;
  int done = 0;
  route where = to_service(*t.world[0], "sum");
  where.streams = true;
  auto open = open_stream<text>(
      *t.world[0], where, text{"1"}, [&](const text& item) { items += item.value + ","; },
      [&](const status& s) { done += s ? 1 : 100; });
  REQUIRE(open);
  CHECK(open->push({"2"}));
  CHECK(open->finish({"3"}));
  t.world.run_for(1s);
  CHECK(items == "so far 1,so far 12,so far 123,123,");
  CHECK(done == 1);
  CHECK(open->push({"4"}).error().kind() == errc::not_found);
}

}  // namespace mw::routing

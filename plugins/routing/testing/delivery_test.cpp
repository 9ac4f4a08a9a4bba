// delivery_test: messages that have to arrive, and what becomes of those that cannot.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <doctest/doctest.h>

namespace mw::routing {
namespace {

// Node a sends; b and c count what arrives at "sink".
struct pair_world {
  explicit pair_world(settings opt = {}) {
    for (const char* id : {"a", "b", "c"}) (void)world.add(id, opt);
    world.on_boot = [this](fake_node& n) {
      if (n.id == "a" || (n.id == "c" && !with_c)) return;
      auto made = n->serve("sink", {.waiting_max = 2}, [this, &n](const incoming& in) {
        if (in.what != incoming::kind::request) return;
        got += n.id + std::string(as_text(in.body.bytes)) + " ";
        if (in.reply.id == 0) return;
        ++runs;
        waiting.push_back(in.reply);
      });
      offers[n.id == "b" ? 0 : 1] = std::move(made).value();
    };
    world.start();
    world.run_for(1s);
  }
  ~pair_world() { offers[0].reset(), offers[1].reset(); }
  engine& a() { return *world[0]; }
  engine& b() { return *world[1]; }
  double metric(const char* name) { return world[0].host->metric(name); }

  result<reach> send(std::string_view body, guarantee how, std::string_view to = {},
                     duration limit = 5s) {
    route where = to_service(a(), "sink");
    where.guarantee = how;
    where.deadline = limit;
    if (!to.empty()) where.to = send_to::node, where.name = to;
    write_text(out, body);
    return a().send(where, out, [this](status s) {
      settled += s ? "ok " : std::string(to_string(s.error().kind())) + " ";
    });
  }

  message_out out;
  std::string got, settled;
  int runs = 0;
  bool with_c = false;
  std::vector<reply_ref> waiting;
  registration_ptr offers[2];
  fake_world world;
};

}  // namespace

TEST_CASE("at_least_once: acknowledged once the handler ran") {
  pair_world w;
  REQUIRE(w.send("1", guarantee::at_least_once));
  CHECK(w.metric("mw_delivery_pending") == 1);
  w.world.run_for(1s);
  CHECK(w.got == "b1 ");
  CHECK(w.settled == "ok ");
  CHECK(w.metric("mw_delivery_acked_total") == 1);
  CHECK(w.metric("mw_delivery_pending") == 0);
}

TEST_CASE("exactly_once: an acknowledgement that is lost does not make a second effect") {
  pair_world w;
  w.world.set_latency(10ms, 10ms);
  REQUIRE(w.send("1", guarantee::exactly_once));
  w.world.run_for(15ms);  // it has arrived, the acknowledgement is under way
  CHECK(w.got == "b1 ");
  w.world.close_link(0, 1);
  w.world.run_for(2s);
  CHECK(w.got == "b1 ");
  CHECK(w.settled == "ok ");
  CHECK(w.world[1].host->metric("mw_dedup_hits_total") == 1);
  CHECK(w.metric("mw_delivery_redelivered_total") == 1);
}

TEST_CASE("at_least_once: the same shows the effect twice") {
  pair_world w;
  w.world.set_latency(10ms, 10ms);
  REQUIRE(w.send("1", guarantee::at_least_once));
  w.world.run_for(15ms);
  w.world.close_link(0, 1);
  w.world.run_for(2s);
  CHECK(w.got == "b1 b1 ");
  CHECK(w.settled == "ok ");
}

TEST_CASE("at_least_once waits for somebody to offer the service, exactly_once too") {
  pair_world w;
  w.offers[0].reset();
  w.world.crash(1);
  w.world.run_for(1s);
  REQUIRE(w.send("1", guarantee::at_least_once, {}, 60s));
  REQUIRE(w.send("2", guarantee::exactly_once, {}, 60s));
  w.world.run_for(2s);
  CHECK(w.settled.empty());
  w.with_c = true;
  w.world.restart(2);
  w.world.run_for(10s);
  CHECK((w.got == "c1 c2 " || w.got == "c2 c1 "));  // each waits for its own while
  CHECK(w.settled == "ok ok ");
}

TEST_CASE("exactly_once: a receiver that restarted leaves the outcome unknown") {
  pair_world w;
  w.world.set_latency(10ms, 10ms);
  REQUIRE(w.send("1", guarantee::exactly_once, "b", 60s));
  w.world.run_for(15ms);
  w.offers[0].reset();
  w.world.restart(1);
  w.world.run_for(10s);
  CHECK(w.got == "b1 ");
  CHECK(w.settled == "disconnected ");
  REQUIRE(w.a().sending().letters().dead().all().size() == 1);
}

TEST_CASE("what is not acknowledged becomes a dead letter, which can be sent again") {
  settings opt;
  opt.redeliver_after = {10ms};
  opt.attempts_max = 3;
  pair_world w(opt);
  std::string died;
  w.a().sending().letters().on_dead([&](const dead_letter& l) { died = l.service + l.node; });
  w.world.cut(0, 1, true);
  w.world.run_for(100ms);
  REQUIRE(w.send("1", guarantee::at_least_once, "b", 1s));
  w.world.run_for(990ms);
  CHECK(w.settled.empty());
  w.world.run_for(20ms);
  CHECK(w.settled == "timed_out ");
  CHECK(died == "sinkb");
  CHECK(w.metric("mw_delivery_dead_lettered_total") == 1);
  const auto& dead = w.a().sending().letters().dead();
  REQUIRE(dead.all().size() == 1);
  const std::uint64_t id = dead.all().front().id;
  CHECK(w.a().sending().letters().replay(id + 1).error().kind() == errc::not_found);
  w.world.cut(0, 1, false);
  w.world.run_for(100ms);
  CHECK(w.a().sending().letters().replay(id));
  w.world.run_for(100ms);
  CHECK(w.got == "b1 ");
  CHECK(dead.all().empty());
}

TEST_CASE("the outbox is bounded by count and by bytes") {
  settings opt;
  opt.outbox_max = 2;
  opt.outbox_bytes = {100};
  pair_world w(opt);
  w.world.cut(0, 1, true);
  w.world.run_for(100ms);
  CHECK(w.send(std::string(101, 'x'), guarantee::at_least_once).error().kind() == errc::overloaded);
  REQUIRE(w.send("1", guarantee::at_least_once));
  REQUIRE(w.send("2", guarantee::at_least_once));
  CHECK(w.send("3", guarantee::at_least_once).error().kind() == errc::overloaded);
  CHECK(w.world[0].host->metric("mw_router_refused_total", "reason=outbox_full") == 2);
}

TEST_CASE("an exactly_once call whose link is lost gets its answer over the next, run once") {
  pair_world w;
  heard h;
  route where = to_service(w.a(), "sink");
  where.guarantee = guarantee::exactly_once;
  REQUIRE(ask(w.a(), where, "1", h));
  w.world.run_for(50ms);
  REQUIRE(w.waiting.size() == 1);
  w.world.close_link(0, 1);
  SUBCASE("the answer comes after the caller asked again") {
    w.world.run_for(1s);
  }
  SUBCASE("the answer comes while there is no link, and is kept") {}
  write_text(w.out, "done");
  REQUIRE(w.b().answer(w.waiting[0], w.out, true, {}));
  w.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"reply b: done"});
  CHECK(w.runs == 1);
  CHECK(w.metric("mw_calls_open") == 0);
}

TEST_CASE("requests beyond the service's bound are refused, and counted") {
  pair_world w;
  heard h[3];
  for (heard& each : h) REQUIRE(ask(w.a(), to_service(w.a(), "sink"), "x", each));
  w.world.run_for(100ms);
  CHECK(h[2].lines == std::vector<std::string>{"refusal b: overloaded"});
  CHECK(h[0].lines.empty());
  CHECK(w.world[1].host->metric("mw_router_refused_total", "reason=waiting_full") == 1);
}

TEST_CASE("one peer cannot take all the room of a node, nor open more calls than allowed") {
  settings opt;
  opt.waiting_per_peer_max = 1;
  opt.calls_max = 2;
  pair_world w(opt);
  heard h[3];
  REQUIRE(ask(w.a(), to_service(w.a(), "sink"), "x", h[0]));
  REQUIRE(ask(w.a(), to_service(w.a(), "sink"), "x", h[1]));
  CHECK(ask(w.a(), to_service(w.a(), "sink"), "x", h[2]).error().kind() == errc::overloaded);
  w.world.run_for(100ms);
  CHECK(h[1].lines == std::vector<std::string>{"refusal b: overloaded"});
  CHECK(w.world[1].host->metric("mw_router_refused_total", "reason=peer_full") == 1);
  CHECK(w.world[0].host->metric("mw_router_refused_total", "reason=calls_full") == 1);
}

TEST_CASE("services that call each other in a circle are stopped after 16 hops") {
  pair_world w;
  int hops = 0;
  std::vector<registration_ptr> circle;
  heard ignored;
  for (std::uint32_t i = 0; i < 2; ++i)
    circle.push_back(w.world[i]
                         ->serve("circle", {},
                                 [&, i](const incoming& in) {
                                   if (in.what != incoming::kind::request) return;
                                   ++hops;
                                   route next = to_service(*w.world[i], "circle");
                                   next.to = send_to::node;
                                   next.name = i == 0 ? "b" : "a";
                                   next.deadline = 1min;
                                   message_out out;
                                   (void)w.world[i]->call(next, out, [](const answer&) {});
                                 })
                         .value());
  w.world.run_for(1s);
  route first = to_service(w.a(), "circle");
  REQUIRE(ask(w.a(), first, "", ignored));
  w.world.run_for(4s);
  CHECK(hops == 17);
  // All of it ends with the first deadline: it travels along.
  w.world.run_for(2s);
  CHECK(w.world[0].host->metric("mw_calls_open") == 0);
  CHECK(w.world[1].host->metric("mw_calls_open") == 0);
}

}  // namespace mw::routing

// engine_test: calls and messages between nodes, the way users see them.
// SPDX-License-Identifier: Apache-2.0
#include "testing/heard.h"

#include <mw/rpc.h>

#include <doctest/doctest.h>

namespace mw::routing {
namespace {

// Nodes a, b and c; b and c serve "echo".
struct cluster {
  explicit cluster(settings opt = {}) {
    for (const char* id : {"a", "b", "c"}) (void)world.add(id, opt);
    world.start();
    offers.push_back(serve_echo(world[1], "echo"));
    offers.push_back(serve_echo(world[2], "echo"));
    world.run_for(1s);
  }
  ~cluster() { offers.clear(); }
  engine& a() { return *world[0]; }

  fake_world world;
  std::vector<registration_ptr> offers;
};

}  // namespace

TEST_CASE("a call reaches one of those that offer the service, each in its turn") {
  cluster c;
  heard first, second;
  REQUIRE(ask(c.a(), to_service(c.a(), "echo"), "x", first));
  REQUIRE(ask(c.a(), to_service(c.a(), "echo"), "y", second));
  CHECK(first.lines.empty());
  c.world.run_for(1s);
  CHECK(first.lines == std::vector<std::string>{"reply b: b:x"});
  CHECK(second.lines == std::vector<std::string>{"reply c: c:y"});
  CHECK(first.last);
  CHECK(c.world[0].host->metric("mw_calls_open") == 0);
  CHECK(c.world[1].host->metric("mw_router_waiting") == 0);
}

TEST_CASE("who is stopped by a failure detector is asked only when all are") {
  cluster c;
  const auto answers = [&c] {
    std::string from;
    for (int i = 0; i < 4; ++i) {
      heard h;
      REQUIRE(ask(c.a(), to_service(c.a(), "echo"), "x", h));
      c.world.run_for(1s);
      REQUIRE(h.lines.size() == 1);
      from += h.lines[0].substr(6, 1);  // "reply b: b:x"
    }
    return from;
  };
  peer_book& peers = c.a().parts().peers;
  const auto weigh = [&peers](const std::string& id, double score, const std::string& by = "phi") {
    return peers.heard({.subject = id, .score = score, .reason = "", .by = by});
  };
  CHECK(weigh("b", 0));
  CHECK(answers() == "cccc");
  CHECK(weigh("c", 0));
  const std::string both = answers();
  CHECK(both.find('b') != std::string::npos);
  CHECK(both.find('c') != std::string::npos);
  // The lowest score of all reporters counts: what one finds bad no other makes good.
  CHECK(weigh("b", 0, "checks"));
  CHECK(weigh("b", 1));
  CHECK(weigh("c", 1, "checks"));
  CHECK(answers().find('c') != std::string::npos);
  CHECK(weigh("b", 1, "checks"));
  CHECK(answers() == "bbbb");
  // Nonsense and strangers change nothing.
  const std::uint64_t version = peers.version();
  CHECK(!weigh("b", 2));
  CHECK(!weigh("b", -1));
  CHECK(weigh("nobody", 0));
  CHECK(weigh("a", 0));
  CHECK(peers.version() == version);
}

TEST_CASE("what nobody offers is said at once, and what a node does not offer by the node") {
  cluster c;
  heard h;
  const auto none = ask(c.a(), to_service(c.a(), "nothing"), "x", h);
  REQUIRE(!none);
  CHECK(none.error().kind() == errc::not_found);
  route to_b = to_service(c.a(), "nothing");
  to_b.to = send_to::node;
  to_b.name = "b";
  REQUIRE(ask(c.a(), to_b, "x", h));
  c.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"refusal b: not_found"});
  to_b.name = "nobody";
  CHECK(ask(c.a(), to_b, "x", h).error().kind() == errc::not_found);
  CHECK(c.world[1].host->metric("mw_router_refused_total", "reason=not_offered") == 1);
}

TEST_CASE("a node calls itself in a later turn") {
  cluster c;
  const auto own = serve_echo(c.world[0], "mine");
  heard h;
  REQUIRE(ask(c.a(), to_service(c.a(), "mine"), "x", h));
  CHECK(h.lines.empty());
  c.world.run_for(1ms);
  CHECK(h.lines == std::vector<std::string>{"reply a: a:x"});
}

TEST_CASE("a service that is withdrawn is asked no more, and its open requests are refused") {
  cluster c;
  auto silent = c.world[1]->serve("silent", {}, [](const incoming&) {}).value();
  c.world.run_for(1s);
  heard h;
  REQUIRE(ask(c.a(), to_service(c.a(), "silent"), "x", h));
  c.world.run_for(100ms);
  silent.reset();
  c.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"refusal b: not_found"});
  CHECK(ask(c.a(), to_service(c.a(), "silent"), "x", h).error().kind() == errc::not_found);
}

TEST_CASE("no answer in time is timed_out, on both sides") {
  cluster c;
  std::vector<incoming::kind> seen;
  const auto silent =
      c.world[1]->serve("silent", {}, [&](const incoming& in) { seen.push_back(in.what); }).value();
  c.world.run_for(1s);
  heard h;
  route where = to_service(c.a(), "silent");
  where.deadline = 500ms;
  REQUIRE(ask(c.a(), where, "x", h));
  c.world.run_for(490ms);
  CHECK(h.lines.empty());
  c.world.run_for(20ms);
  CHECK(h.lines == std::vector<std::string>{"refusal b: timed_out"});
  CHECK(seen == std::vector{incoming::kind::request, incoming::kind::cancelled});
  CHECK(c.world[1].host->metric("mw_router_waiting") == 0);
}

TEST_CASE(
    "a lost link ends exactly the calls on it, and the callee hears that the caller is gone") {
  cluster c;
  int cancelled = 0;
  std::vector<registration_ptr> silent;
  for (std::uint32_t i = 1; i < 3; ++i)
    silent.push_back(c.world[i]
                         ->serve("silent", {},
                                 [&](const incoming& in) {
                                   cancelled += in.what == incoming::kind::cancelled ? 1 : 0;
                                 })
                         .value());
  c.world.run_for(1s);
  heard to_b, to_c;
  for (const auto& [name, into] : {std::pair("b", &to_b), std::pair("c", &to_c)}) {
    route where = to_service(c.a(), "silent");
    where.to = send_to::node;
    where.name = name;
    REQUIRE(ask(c.a(), where, "x", *into));
  }
  c.world.run_for(100ms);
  c.world.close_link(0, 1);
  c.world.run_for(100ms);
  CHECK(to_b.lines == std::vector<std::string>{"refusal b: disconnected"});
  CHECK(to_c.lines.empty());
  CHECK(cancelled == 1);
}

TEST_CASE("cancelling tells the callee and silences the call") {
  cluster c;
  bool cancelled = false;
  const auto silent =
      c.world[1]
          ->serve("silent", {},
                  [&](const incoming& in) { cancelled = in.what == incoming::kind::cancelled; })
          .value();
  c.world.run_for(1s);
  heard h;
  const auto call = ask(c.a(), to_service(c.a(), "silent"), "x", h);
  c.world.run_for(100ms);
  c.a().cancel(*call);
  c.a().cancel(*call);
  c.world.run_for(10s);
  CHECK(cancelled);
  CHECK(h.lines.empty());
}

TEST_CASE("items travel both ways in order") {
  cluster c;
  std::string got;
  const auto upper = c.world[1]
                         ->serve("upper", {.streams = true},
                                 [&](const incoming& in) {
                                   message_out out;
                                   if (in.what == incoming::kind::item) {
                                     got += as_text(in.body.bytes);
                                     write_text(out, "got " + std::string(as_text(in.body.bytes)));
                                     CHECK(c.world[1]->answer(in.reply, out, false, {}));
                                   }
                                   if (in.what != incoming::kind::end) return;
                                   write_text(out, got);
                                   CHECK(c.world[1]->answer(in.reply, out, true, {}));
                                 })
                         .value();
  c.world.run_for(1s);
  heard h;
  route where = to_service(c.a(), "upper");
  where.streams = true;
  const auto call = ask(c.a(), where, "", h);
  REQUIRE(call);
  message_out item;
  for (const char* part : {"1", "2", "3"}) {
    write_text(item, part);
    REQUIRE(c.a().push(*call, item, *part == '3', {}));
  }
  CHECK(c.a().push(*call, item, false, {}).error().kind() == errc::invalid);
  c.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"item b: got 1", "item b: got 2", "item b: got 3",
                                            "reply b: 123"});
  CHECK(c.a().push(*call, item, false, {}).error().kind() == errc::not_found);
}

TEST_CASE("a service that takes no items refuses calls that stream") {
  cluster c;
  heard h;
  route where = to_service(c.a(), "echo");
  where.streams = true;
  REQUIRE(ask(c.a(), where, "x", h));
  c.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"refusal b: unsupported"});
}

TEST_CASE("a message is told without an answer; settled comes later") {
  cluster c;
  std::string got;
  const auto sink = c.world[1]
                        ->serve("sink", {},
                                [&](const incoming& in) {
                                  got += as_text(in.body.bytes);
                                  CHECK(in.reply.id == 0);
                                })
                        .value();
  c.world.run_for(1s);
  message_out out;
  write_text(out, "hello");
  int settled = 0;
  REQUIRE(c.a().send(to_service(c.a(), "sink"), out, [&](status s) { settled += s ? 1 : 100; }));
  CHECK(settled == 0);
  c.world.run_for(1s);
  CHECK(settled == 1);
  CHECK(got == "hello");
}

TEST_CASE("typed calls and services") {
  cluster c;
  engine& b = *c.world[1];
  const auto twice =
      serve<text, text>(b, b, "twice", [](const text& in, const incoming&, responder<text> out) {
        out.reply({in.value + in.value});
      }).value();
  const auto forgetful =
      serve<text, text>(b, b, "forgetful", [](const text&, const incoming&, responder<text>) {
      }).value();
  c.world.run_for(1s);
  std::string got;
  REQUIRE(call<text>(c.a(), to_service(c.a(), "twice"), text{"ab"},
                     [&](const result<text>& r) { got = r.value().value; }));
  errc kind{};
  REQUIRE(call<text>(c.a(), to_service(c.a(), "forgetful"), text{"ab"},
                     [&](const result<text>& r) { kind = r.error().kind(); }));
  c.world.run_for(1s);
  CHECK(got == "abab");
  CHECK(kind == errc::internal);
}

TEST_CASE("a queued call goes out when there is a connection, or is given up") {
  cluster c;
  c.world.cut(0, 1, true);
  c.world.run_for(1s);
  heard queued, late, cancelled;
  route where = to_service(c.a(), "echo");
  where.to = send_to::node;
  where.name = "b";
  REQUIRE(ask(c.a(), where, "x", queued));
  where.deadline = 100ms;
  REQUIRE(ask(c.a(), where, "y", late));
  c.a().cancel(*ask(c.a(), where, "z", cancelled));
  c.world.run_for(1s);
  CHECK(late.lines == std::vector<std::string>{"refusal b: timed_out"});
  CHECK(queued.lines.empty());
  c.world.cut(0, 1, false);
  c.world.run_for(1s);
  CHECK(queued.lines == std::vector<std::string>{"reply b: b:x"});
  CHECK(cancelled.lines.empty());
  CHECK(c.world[0].host->metric("mw_calls_open") == 0);
}

TEST_CASE("a peer that comes back offers what it offered") {
  cluster c;
  c.world.on_boot = [&](fake_node& n) { c.offers.push_back(serve_echo(n, "later")); };
  c.offers.erase(c.offers.begin() + 1);
  c.world.crash(2);
  c.world.run_for(1s);
  c.world.restart(2);
  c.world.run_for(1s);
  heard h;
  REQUIRE(ask(c.a(), to_service(c.a(), "later"), "x", h));
  c.world.run_for(1s);
  CHECK(h.lines == std::vector<std::string>{"reply c: c:x"});
}

}  // namespace mw::routing

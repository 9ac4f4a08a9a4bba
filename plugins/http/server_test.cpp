// server_test: slow, silent and too many peers; what they get, and that others go on.
// SPDX-License-Identifier: Apache-2.0
#include "server.h"

#include "fake_host.h"

#include <doctest/doctest.h>

#include <list>
#include <optional>

namespace {

using mw::admin_kind;
using mw::admin_reply;
using mw::admin_request;
using mw::http::anonymous;
using mw::http::fake_directory;
using mw::http::fake_host;
using mw::http::fake_peer;
using mw::http::server;
using mw::http::settings;
using namespace std::chrono_literals;

constexpr std::string_view hello = "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view later = "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct rig {
  fake_host node;
  fake_directory directory;
  anonymous nobody;
  std::list<fake_peer> peers;
  std::vector<admin_reply> asked;
  std::optional<server> site;  // goes before what it uses

  explicit rig(const settings& chosen = {}) {
    directory.add("/hello", admin_kind::read, [](const admin_request&, admin_reply reply) {
      reply({200, "text/plain", "hello"});
    });
    directory.add("/later", admin_kind::read, [this](const admin_request&, admin_reply reply) {
      asked.push_back(std::move(reply));
    });
    directory.add("/echo", admin_kind::action, [](const admin_request& r, admin_reply reply) {
      reply({200, "text/plain", std::string(r.body)});
    });
    directory.add("/large", admin_kind::read, [](const admin_request&, admin_reply reply) {
      reply({200, "text/plain", std::string(100'000, 'x')});
    });
    site.emplace(node.host(), chosen, directory, nobody);
  }
  fake_peer& join() {
    fake_peer& fresh = peers.emplace_back();
    fresh.connect(*site);
    return fresh;
  }
  double refused(const std::string& reason) const {
    return node.metric("mw_http_refused_total", "reason=" + reason);
  }
  double evicted() const { return node.metric("mw_http_evicted_total"); }
};

settings at_most(std::uint32_t connections) {
  settings chosen;
  chosen.connections = connections;
  chosen.feeds = connections / 2;
  return chosen;
}

}  // namespace

TEST_CASE("slow headers end with 408 however regularly they drip") {
  rig r;
  fake_peer& slow = r.join();
  for (int second = 0; second < 8; ++second) {
    slow.say(second == 0 ? "GET /hello HTTP/1.1\r\n" : "X: y\r\n");
    r.node.advance(1s);
  }
  const std::string answer = slow.heard();
  CHECK(has(answer, "HTTP/1.1 408 Request Timeout"));
  CHECK(has(answer, "within 5s"));
  CHECK(slow.finished());
  CHECK(r.refused("header_deadline") == 1);
  r.node.advance(5s);
  CHECK(slow.gone());
  CHECK(r.site->active() == 0);
  CHECK(r.site->lingering() == 0);
}

TEST_CASE("a connection that says nothing is closed after the header deadline") {
  rig r;
  fake_peer& silent = r.join();
  r.node.advance(4s);
  CHECK(!silent.finished());
  r.node.advance(3s);
  CHECK(silent.finished());
  CHECK(silent.heard().empty());
}

TEST_CASE("slow bodies end with 408") {
  rig r;
  fake_peer& slow = r.join();
  slow.say("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n");
  for (int second = 0; second < 33; ++second) {
    slow.say("x");
    r.node.advance(1s);
  }
  CHECK(has(slow.heard(), "HTTP/1.1 408 Request Timeout"));
  CHECK(r.refused("body_deadline") == 1);
}

TEST_CASE("an idle connection may stay for its time, not longer") {
  rig r;
  fake_peer& peer = r.join();
  peer.say(hello);
  r.node.advance(59s);
  CHECK(!peer.finished());
  peer.say(hello);
  r.node.advance(59s);
  CHECK(!peer.finished());
  r.node.advance(4s);
  CHECK(peer.finished());
  CHECK(r.evicted() == 0);
}

TEST_CASE("a peer that takes no byte of its answer is cut off") {
  rig r;
  fake_peer& stuck = r.join();
  stuck.block();
  stuck.say("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
  r.node.advance(9s);
  CHECK(!stuck.gone());
  stuck.take(100);  // a little progress buys time
  r.node.advance(9s);
  CHECK(!stuck.gone());
  r.node.advance(4s);
  CHECK(stuck.gone());
  CHECK(r.refused("slow_reader") == 1);
}

TEST_CASE("a peer that never ends its side is dropped soon after the last byte") {
  rig r;
  fake_peer& peer = r.join();
  peer.say("GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(peer.finished());
  CHECK(!peer.gone());
  peer.say(std::string(1000, 'x'));  // thrown away
  r.node.advance(4s);
  CHECK(peer.gone());
}

TEST_CASE("a peer that floods after the last answer is dropped at once") {
  rig r;
  fake_peer& peer = r.join();
  peer.say("nonsense\r\n");
  CHECK(peer.finished());
  for (int i = 0; i < 300; ++i) peer.say(std::string(1024, 'x'));
  r.node.turn();
  CHECK(peer.gone());
}

TEST_CASE("a full house makes room: the longest idle connection goes first") {
  rig r(at_most(3));
  fake_peer& first = r.join();
  first.say(hello);
  r.node.advance(10ms);
  fake_peer& second = r.join();
  second.say(hello);
  fake_peer& third = r.join();
  third.say("GET /hel");  // older in waiting than nobody, but it is in the middle of a request
  r.node.advance(10ms);
  fake_peer& fourth = r.join();
  fourth.say(hello);
  CHECK(has(fourth.heard(), "200 OK"));
  CHECK(first.finished());
  CHECK(!second.finished());
  CHECK(!third.gone());
  CHECK(r.evicted() == 1);
  CHECK(r.site->active() == 3);
}

TEST_CASE("a thousand slow headers do not keep one honest client out") {
  rig r(at_most(1000));
  for (int i = 0; i < 1500; ++i) {
    r.join().say("GET /hello HTTP/1.1\r\nX: ");
    if (i % 100 == 0) r.node.advance(1ms);
  }
  CHECK(r.site->active() == 1000);
  CHECK(r.evicted() == 500);
  fake_peer& honest = r.join();
  honest.say(hello);
  CHECK(has(honest.heard(), "200 OK"));
  r.node.advance(10s);
  CHECK(r.site->active() == 1);
  CHECK(r.node.metric("mw_http_connections") == 1);
}

TEST_CASE("when everybody is being served, a new connection is told so") {
  rig r(at_most(2));
  r.join().say(later);
  r.join().say(later);
  CHECK(r.asked.size() == 2);
  fake_peer& late = r.join();
  const std::string answer = late.heard();
  CHECK(has(answer, "HTTP/1.1 503 Service Unavailable"));
  CHECK(has(answer, "all 2 connections are busy"));
  CHECK(late.finished());
  CHECK(r.refused("connections_full") == 1);
  CHECK(r.site->active() == 2);
  CHECK(r.site->lingering() == 1);
  r.asked.clear();
  r.node.turn();
  fake_peer& next = r.join();
  next.say(hello);
  CHECK(has(next.heard(), "200 OK"));
}

TEST_CASE("refused connections that linger are bounded, too") {
  rig r(at_most(1));
  r.join().say(later);
  for (int i = 0; i < 500; ++i) r.join();
  CHECK(r.site->lingering() <= 128);
  CHECK(r.refused("connections_full") == 500);
  CHECK(r.evicted() == 0);
  r.node.advance(5s);
  CHECK(r.site->lingering() == 0);
  CHECK(r.site->active() == 1);
}

TEST_CASE("bodies of all requests together are bounded") {
  settings chosen;
  chosen.body.count = 1000;
  chosen.body_memory.count = 1500;
  rig r(chosen);
  const std::string head = "POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n";
  fake_peer& first = r.join();
  fake_peer& second = r.join();
  first.say(head + std::string(900, 'x'));
  second.say(head + std::string(700, 'x'));
  CHECK(has(second.heard(), "503 Service Unavailable"));
  CHECK(second.finished());
  CHECK(r.refused("bodies_full") == 1);
  first.say(std::string(100, 'x'));
  CHECK(has(first.heard(), "200 OK"));
  fake_peer& third = r.join();
  third.say(head + std::string(1000, 'x'));
  CHECK(has(third.heard(), "200 OK"));
}

TEST_CASE("draining: idle connections go, answers under way are finished, then it is done") {
  rig r;
  fake_peer& idle = r.join();
  idle.say(hello);
  (void)idle.heard();
  fake_peer& busy = r.join();
  busy.say(later);
  fake_peer& half = r.join();
  half.say("GET /hello HTTP/1.1\r\n");
  bool done = false;
  r.site->drain([&] { done = true; });
  CHECK(idle.finished());
  CHECK(!busy.finished());
  CHECK(r.join().gone());  // nobody new
  r.asked[0]({200, "text/plain", "one"});
  CHECK(has(busy.heard(), "Connection: close\r\n"));
  CHECK(busy.finished());
  half.say("Host: localhost\r\n\r\n");
  CHECK(has(half.heard(), "Connection: close\r\n"));
  CHECK(!done);
  idle.reset();
  busy.reset();
  half.reset();
  r.node.turn();
  CHECK(done);
}

TEST_CASE("draining without connections is done at once") {
  rig r;
  bool done = false;
  r.site->drain([&] { done = true; });
  CHECK(done);
}

TEST_CASE("bytes are counted both ways, and a dead server leaves no connection behind") {
  rig r;
  fake_peer& peer = r.join();
  peer.say(hello);
  CHECK(r.node.metric("mw_http_received_bytes_total") == hello.size());
  CHECK(r.node.metric("mw_http_sent_bytes_total") == peer.heard().size());
  CHECK(r.node.metric("mw_http_connections_total") == 1);
  r.site.reset();
  CHECK(peer.gone());
  CHECK(r.node.metric("mw_http_connections") == 0);
}

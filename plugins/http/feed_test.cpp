// feed_test: event streams and WebSockets from the opening to either side's end.
// SPDX-License-Identifier: Apache-2.0
#include "fake_host.h"
#include "push/websocket.h"
#include "server.h"

#include <doctest/doctest.h>

#include <list>
#include <optional>

namespace {

using mw::admin_feed;
using mw::admin_request;
using mw::http::anonymous;
using mw::http::append_websocket_frame;
using mw::http::fake_directory;
using mw::http::fake_host;
using mw::http::fake_peer;
using mw::http::server;
using mw::http::settings;
using mw::http::websocket_opcode;
using namespace std::chrono_literals;

constexpr std::string_view stream_request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view socket_request =
    "GET /events?topic=x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// A masked client frame of at most 125 bytes; the mask of zeros leaves the payload readable.
std::string frame(websocket_opcode opcode, std::string_view payload) {
  std::string out;
  out += static_cast<char>(0x80 | static_cast<int>(opcode));
  out += static_cast<char>(0x80 | payload.size());
  return out.append(4, '\0').append(payload);
}
std::string from_server(websocket_opcode opcode, std::string_view payload) {
  std::string out;
  append_websocket_frame(out, opcode, payload);
  return out;
}

struct rig {
  fake_host node;
  fake_directory directory;
  anonymous nobody;
  std::list<fake_peer> peers;
  std::vector<std::unique_ptr<admin_feed>> feeds;
  std::string topic;
  int closed = 0;
  std::optional<server> site;

  explicit rig(const settings& chosen = {}) {
    directory.add_feed("/events", [this](const admin_request& r, std::unique_ptr<admin_feed> feed) {
      topic = r.parameter("topic");
      CHECK(feed->send("hello", "first"));
      feed->on_closed([this] { ++closed; });
      feeds.push_back(std::move(feed));
    });
    site.emplace(node.host(), chosen, directory, nobody);
  }
  fake_peer& join(std::string_view request) {
    fake_peer& fresh = peers.emplace_back();
    fresh.connect(*site);
    fresh.say(request);
    return fresh;
  }
  double open() const { return node.metric("mw_http_feeds"); }
};

}  // namespace

TEST_CASE("an event stream: head, events in chunks, heartbeats, the endpoint's end") {
  rig r;
  fake_peer& peer = r.join(stream_request);
  const std::string opening = peer.heard();
  CHECK(has(opening, "HTTP/1.1 200 OK\r\n"));
  CHECK(has(opening, "Content-Type: text/event-stream\r\n"));
  CHECK(has(opening, "Transfer-Encoding: chunked\r\n"));
  CHECK(has(opening, "\r\n\r\n1a\r\nevent: hello\ndata: first\n\n\r\n"));
  CHECK(r.open() == 1);
  CHECK(r.feeds[0]->send("", "two\nlines"));
  CHECK(peer.heard() == "17\r\ndata: two\ndata: lines\n\n\r\n");
  CHECK(!r.feeds[0]->send("forged\nevent", "x"));
  r.node.advance(17s);
  CHECK(peer.heard() == "3\r\n:\n\n\r\n");
  peer.say("whatever the client says is not heard");
  r.feeds.clear();
  CHECK(peer.heard() == "0\r\n\r\n");
  CHECK(peer.finished());
  CHECK(r.open() == 0);
  CHECK(r.closed == 0);  // the endpoint ended it itself
}

TEST_CASE("an event stream for HTTP/1.0 has no chunks") {
  rig r;
  fake_peer& peer = r.join("GET /events HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string opening = peer.heard();
  CHECK(!has(opening, "chunked"));
  CHECK(has(opening, "Connection: close\r\n"));
  CHECK(has(opening, "\r\n\r\nevent: hello\ndata: first\n\n"));
  r.feeds.clear();
  CHECK(peer.heard().empty());
  CHECK(peer.finished());
}

TEST_CASE("HEAD asks about a feed without opening it") {
  rig r;
  CHECK(has(r.join("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n").heard(),
            "Content-Type: text/event-stream\r\n"));
  CHECK(r.feeds.empty());
}

TEST_CASE("the endpoint hears once when the listener goes, and may let go right then") {
  rig r;
  fake_peer& peer = r.join(stream_request);
  r.feeds[0]->on_closed([&r] {
    ++r.closed;
    r.feeds.clear();
  });
  peer.end();
  CHECK(r.closed == 1);
  CHECK(r.feeds.empty());
  CHECK(r.open() == 0);
  r.node.turn();
  CHECK(peer.gone());
}

TEST_CASE("a feed outlives its server quietly") {
  rig r;
  r.join(stream_request);
  r.site.reset();
  CHECK(r.closed == 1);
  CHECK(!r.feeds[0]->send("a", "b"));
  r.feeds[0]->on_closed([&r] { ++r.closed; });  // told at once: it is over
  CHECK(r.closed == 2);
}

TEST_CASE("a listener that does not read loses messages, then the connection") {
  settings chosen;
  chosen.send_limit.count = 300;
  rig r(chosen);
  fake_peer& slow = r.join(stream_request);
  (void)slow.heard();
  slow.block();
  int sent = 0;
  while (sent < 100 && r.feeds[0]->send("", "0123456789")) ++sent;
  CHECK(sent > 5);
  CHECK(sent < 30);
  CHECK(slow.waiting() <= 300);
  CHECK(r.node.metric("mw_http_feed_dropped_total") == 1);
  slow.take(300);
  CHECK(r.feeds[0]->send("", "again"));
  r.node.advance(15s);
  CHECK(slow.gone());
  CHECK(r.closed == 1);
  CHECK(r.node.metric("mw_http_refused_total", "reason=slow_reader") == 1);
}

TEST_CASE("feeds have a bound of their own, so that requests are still served") {
  settings chosen;
  chosen.feeds = 2;
  rig r(chosen);
  r.join(stream_request);
  r.join(socket_request);
  fake_peer& third = r.join(stream_request);
  CHECK(has(third.heard(), "503 Service Unavailable"));
  CHECK(!third.finished());
  CHECK(r.node.metric("mw_http_refused_total", "reason=feeds_full") == 1);
  r.feeds.erase(r.feeds.begin());
  third.say(stream_request);
  CHECK(has(third.heard(), "200 OK"));
}

TEST_CASE("a feed that the endpoint refuses by dropping it is an empty stream") {
  rig r;
  r.directory.add_feed("/none", [](const admin_request&, std::unique_ptr<admin_feed>) {});
  fake_peer& peer = r.join("GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(has(peer.heard(), "\r\n\r\n0\r\n\r\n"));
  CHECK(peer.finished());
  CHECK(r.open() == 0);
}

TEST_CASE("a WebSocket: handshake, messages, pings both ways, close") {
  rig r;
  fake_peer& peer = r.join(socket_request);
  const std::string opening = peer.heard();
  CHECK(has(opening, "HTTP/1.1 101 Switching Protocols\r\n"));
  CHECK(has(opening,
            "Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  CHECK(!has(opening, "Content-Length"));
  CHECK(opening.ends_with(
      from_server(websocket_opcode::text, R"({"event":"hello","data":"first"})")));
  CHECK(r.topic == "x");
  peer.say(frame(websocket_opcode::ping, "p") + frame(websocket_opcode::text, "dropped"));
  CHECK(peer.heard() == from_server(websocket_opcode::pong, "p"));
  r.node.advance(16s);
  CHECK(peer.heard() == from_server(websocket_opcode::ping, ""));
  peer.say(frame(websocket_opcode::close, "\x03\xe8"));
  CHECK(peer.heard() == from_server(websocket_opcode::close, "\x03\xe8"));
  CHECK(peer.finished());
  CHECK(r.closed == 1);
  CHECK(r.open() == 0);
}

TEST_CASE("frames sent right behind the handshake are heard") {
  rig r;
  fake_peer& peer = r.join(std::string(socket_request) + frame(websocket_opcode::ping, "early"));
  CHECK(peer.heard().ends_with(from_server(websocket_opcode::pong, "early")));
}

TEST_CASE("a WebSocket peer that breaks the rules is told which, and closed") {
  rig r;
  fake_peer& peer = r.join(socket_request);
  (void)peer.heard();
  peer.say("\x81\x01x");
  CHECK(has(peer.heard(), std::string("\x03\xea", 2) + "a client's frame must be masked"));
  CHECK(peer.finished());
  CHECK(r.node.metric("mw_http_refused_total", "reason=websocket") == 1);
  CHECK(r.closed == 1);
}

TEST_CASE("a WebSocket peer that gives no sign of life is dropped") {
  rig r;
  fake_peer& peer = r.join(socket_request);
  for (int i = 0; i < 5; ++i) {
    r.node.advance(10s);
    peer.say(frame(websocket_opcode::pong, ""));
  }
  CHECK(!peer.gone());
  r.node.advance(50s);
  CHECK(peer.gone());
  CHECK(r.closed == 1);
}

TEST_CASE("bad handshakes are answered as HTTP") {
  rig r;
  std::string other(socket_request);
  other.replace(other.find("13"), 2, "12");
  const std::string answer = r.join(other).heard();
  CHECK(has(answer, "426 Upgrade Required"));
  CHECK(has(answer, "Sec-WebSocket-Version: 13\r\n"));
  std::string foreign(socket_request);
  foreign.insert(foreign.find("Upgrade:"), "Origin: http://example.org\r\n");
  CHECK(has(r.join(foreign).heard(), "403 Forbidden"));
  CHECK(r.feeds.empty());
}

TEST_CASE("an upgrade that is not offered is ignored") {
  rig r;
  r.directory.add("/plain", mw::admin_kind::read, [](const admin_request&, mw::admin_reply reply) {
    reply({200, "a/b", "x"});
  });
  std::string wish(socket_request);
  wish.replace(wish.find("/events"), 7, "/plain");
  CHECK(has(r.join(wish).heard(), "200 OK"));
}

TEST_CASE("draining says goodbye to listeners") {
  rig r;
  fake_peer& stream = r.join(stream_request);
  fake_peer& socket = r.join(socket_request);
  (void)stream.heard();
  (void)socket.heard();
  r.site->drain([] {});
  CHECK(stream.heard() == "0\r\n\r\n");
  CHECK(has(socket.heard(), std::string("\x03\xe9", 2) + "the node stops"));
  CHECK(r.closed == 2);
}

TEST_CASE("a feed that is asked for while draining is refused: it would never end") {
  rig r;
  fake_peer& peer = r.join(stream_request.substr(0, 20));
  r.site->drain([] {});
  peer.say(stream_request.substr(20));
  CHECK(has(peer.heard(), "503 Service Unavailable"));
  CHECK(peer.finished());
  CHECK(r.open() == 0);
}

// connection_test: one link against a peer that keeps the rules, and against one that does not.
// SPDX-License-Identifier: Apache-2.0
#include "common/frame_payload.h"
#include "testing/wire_end.h"

#include <doctest/doctest.h>

namespace mw::pool {

using namespace std::chrono_literals;
using mw::wire::frame_head;
using mw::wire::frame_kind;
using kind = mw::message_kind;

namespace {

std::string u32(std::uint32_t value) {
  std::string text(4, '\0');
  mw::wire::write_u32(value, reinterpret_cast<std::byte*>(text.data()));
  return text;
}

// A peer that has shaken hands, says these frames, and is closed for it.
void check_violation(const std::vector<std::pair<frame_head, std::string>>& says,
                     const std::string& reason, const settings& with = {}) {
  wire_end link(with);
  link.shake_hands();
  REQUIRE(link.ready);
  for (const auto& [head, payload] : says) {
    CHECK_MESSAGE(link.downs == 0, "closed too early: ", link.down ? link.down->text() : "");
    link.say(head, payload);
  }
  CHECK_MESSAGE(link.downs == 1, "not closed: ", reason);
  link.read();
  CHECK(link.heard(frame_kind::goodbye) == 1);
  CHECK(link.stream->finished());
  CHECK(link.node.count("mw_pool_violations_total," + reason) == 1);
  link.say({.kind = frame_kind::one_way}, "after the end");
  CHECK(link.downs == 1);
}

}  // namespace

TEST_CASE("connection: the handshake, then messages both ways") {
  wire_end link;
  CHECK_FALSE(link.send({}, "too early").ok());
  link.shake_hands();
  REQUIRE(link.ready);
  link.say({.kind = frame_kind::request, .id = 3}, "question");
  REQUIRE(link.arrivals.size() == 1);
  CHECK(link.arrivals[0].body == "question");
  CHECK(link.subject->open() == 1);
  REQUIRE(link.send({.kind = kind::reply, .id = 3}, "answer"));
  CHECK(link.subject->open() == 0);
  link.read();
  CHECK(link.frames.back().payload == "answer");
  CHECK(link.frames.back().head.id == 3);
}

TEST_CASE("connection: no hello in time, a refused hello, a hello from another cluster") {
  wire_end silent;
  silent.node.advance(5s);
  silent.tick();
  REQUIRE(silent.down.has_value());
  CHECK(silent.down->kind() == mw::errc::timed_out);
  CHECK(silent.node.count("mw_pool_errors_total,handshake_timeout") == 1);
  silent.node.advance(1s);
  silent.tick();
  CHECK(silent.subject == nullptr);

  wire_end refused;
  refused.refuse = mw::failure(mw::errc::denied, "not you");
  refused.shake_hands();
  CHECK_FALSE(refused.ready);
  CHECK(refused.heard(frame_kind::goodbye) == 1);
  CHECK(refused.node.count("mw_pool_errors_total,handshake_refused") == 1);
}

TEST_CASE("connection: before the handshake nothing but a hello is heard") {
  for (const frame_kind what : {frame_kind::one_way, frame_kind::request, frame_kind::credit,
                                frame_kind::ping, frame_kind::confirm, frame_kind::reset}) {
    wire_end link;
    link.say({.kind = what}, "x");
    CHECK(link.downs == 1);
    CHECK(link.arrivals.empty());
    CHECK(link.node.count("mw_pool_violations_total,handshake") == 1);
  }
}

TEST_CASE("connection: what breaks the protocol closes with a reason") {
  const std::string large(1000, 'x');
  check_violation({{{.kind = frame_kind::hello}, "x"}}, "order");
  check_violation({{{.kind = frame_kind::confirm}, "x"}}, "order");
  check_violation({{{.kind = frame_kind::ping}, std::string(17, 'x')}}, "order");
  check_violation({{{.kind = frame_kind::credit}, u32(0)}}, "window");
  check_violation({{{.kind = frame_kind::credit}, u32(1)}}, "window");
  check_violation({{{.kind = frame_kind::credit}, u32(0xffffffff)}}, "window");
  check_violation({{{.kind = frame_kind::credit}, "short"}}, "window");
  check_violation({{{.kind = frame_kind::one_way, .more = true}, u32(3) + "abc"}}, "fragment");
  check_violation({{{.kind = frame_kind::one_way, .first = false}, "abc"}}, "fragment");
  check_violation({{{.kind = frame_kind::one_way, .packed = mw::wire::compression::lz4}, "abc"}},
                  "compression");
  check_violation({{{.kind = frame_kind::request_end, .id = 1}, ""},
                   {{.kind = frame_kind::request_item, .id = 1}, "x"}},
                  "order");
  check_violation({{{.kind = frame_kind::request_item, .id = 1}, "x"},
                   {{.kind = frame_kind::request, .id = 1}, "x"}},
                  "order");
}

TEST_CASE("connection: floods are cut off") {
  wire_end pings;
  pings.shake_hands();
  for (int i = 0; i < 10; ++i) pings.say({.kind = frame_kind::ping}, "x");
  CHECK(pings.downs == 0);
  pings.say({.kind = frame_kind::ping}, "x");
  CHECK(pings.downs == 1);
  CHECK(pings.node.count("mw_pool_violations_total,flood") == 1);

  settings few;
  few.cancels = {100};
  wire_end cancels(few);
  cancels.shake_hands();
  for (std::uint64_t id = 1; id <= 100; ++id) {
    cancels.say({.kind = frame_kind::request, .id = id}, "x");
    cancels.say({.kind = frame_kind::cancel, .id = id}, "");
  }
  CHECK(cancels.downs == 0);
  CHECK(cancels.subject->open() == 0);
  cancels.say({.kind = frame_kind::cancel, .id = 1}, "");
  CHECK(cancels.downs == 1);

  settings slow;
  slow.frames = {50};
  wire_end tiny(slow);
  tiny.shake_hands();
  for (int i = 0; i < 51; ++i) tiny.say({.kind = frame_kind::one_way}, "");
  CHECK(tiny.downs == 1);
}

TEST_CASE("connection: a peer that causes answers and does not read them is cut off") {
  settings small;
  small.outbox.count = 64 * 1024;
  small.exchanges = 1;
  wire_end link(small);
  link.shake_hands();
  link.say({.kind = frame_kind::request_item, .id = 1}, "x");
  std::uint64_t id = 2;
  while (id < 100'000 && link.downs == 0)
    link.say({.kind = frame_kind::request_item, .id = id++}, "x");
  CHECK(link.downs == 1);
  CHECK(link.node.count("mw_pool_violations_total,flood") == 1);
  CHECK(link.subject->waiting().bytes() < 256 * 1024);
}

TEST_CASE("connection: held items use up the windows; consuming them gives credit back") {
  wire_end link;
  link.hold = true;
  link.shake_hands();
  const std::string item(64 * 1024 - 1, 'i');
  for (int i = 0; i < 4; ++i) link.say({.kind = frame_kind::request_item, .id = 1}, item);
  CHECK(link.downs == 0);
  CHECK(link.arrivals.size() == 4);
  link.read();
  CHECK(link.heard(frame_kind::credit) == 0);
  for (int i = 0; i < 2; ++i) link.subject->consumed(kind::request_item, 1, item.size());
  link.subject->consumed(kind::request_item, 1, 10);
  link.read();
  REQUIRE(link.heard(frame_kind::credit) == 1);
  CHECK_FALSE(link.frames.back().head.first);  // the other side opened the exchange
  link.say({.kind = frame_kind::request_item, .id = 1}, item);
  CHECK(link.downs == 0);
  for (int i = 0; i < 2; ++i) link.say({.kind = frame_kind::request_item, .id = 1}, item);
  CHECK(link.downs == 1);
  CHECK(link.node.count("mw_pool_violations_total,order") == 1);
}

TEST_CASE("connection: fragments that stop, and frames that drip, end the link") {
  wire_end stopped;
  stopped.shake_hands();
  stopped.say({.kind = frame_kind::one_way, .more = true}, u32(100'000) + std::string(1000, 'x'));
  CHECK(stopped.subject->reassembling() == 100'000);
  stopped.node.advance(10s + 1ms);
  stopped.say({.kind = frame_kind::pong}, "");
  stopped.tick();
  CHECK(stopped.downs == 1);
  CHECK(stopped.down->kind() == mw::errc::timed_out);

  wire_end dripped;
  dripped.shake_hands();
  dripped.say_raw(std::string_view("\0\0\xff\0", 4));
  for (int i = 0; i < 11 && dripped.downs == 0; ++i) {
    dripped.node.advance(1s);
    dripped.say_raw("x");
    dripped.tick();
  }
  CHECK(dripped.downs == 1);
}

TEST_CASE("connection: a message beyond message_max is skipped, its exchange reset") {
  settings small;
  small.message_max.count = 100'000;
  wire_end link(small);
  link.shake_hands();
  const std::string part(50'000, 'x');
  link.say({.kind = frame_kind::request, .more = true, .id = 4}, u32(150'000) + part);
  link.read();
  REQUIRE(link.heard(frame_kind::reset) == 1);
  CHECK(link.frames.back().head.id == 4);
  link.say({.kind = frame_kind::request, .more = true, .first = false, .id = 4}, part);
  link.say({.kind = frame_kind::request, .first = false, .id = 4}, part);
  CHECK(link.downs == 0);
  CHECK(link.arrivals.empty());
  CHECK(link.subject->reassembling() == 0);
  link.say({.kind = frame_kind::one_way}, "fine");
  CHECK(link.arrivals.size() == 1);
}

TEST_CASE("connection: silence is answered by pings, then by closing") {
  wire_end link;
  link.shake_hands();
  for (int i = 0; i < 3; ++i) {
    link.node.advance(5s);
    link.tick();
    link.read();
    CHECK(link.heard(frame_kind::ping) == static_cast<std::size_t>(i) + 1);
  }
  link.say({.kind = frame_kind::pong}, "");
  for (int i = 0; i < 3; ++i) {
    link.node.advance(5s);
    link.tick();
  }
  CHECK(link.downs == 0);
  link.node.advance(5s);
  link.tick();
  CHECK(link.downs == 1);
  CHECK(link.node.count("mw_pool_errors_total,silent") == 1);
}

TEST_CASE("connection: goodbye lets open exchanges finish, up to a deadline") {
  wire_end link;
  link.shake_hands();
  link.say({.kind = frame_kind::request, .id = 1}, "x");
  link.subject->drain({mw::errc::disconnected, "done"});
  CHECK(link.draining);
  CHECK_FALSE(link.stream->finished());
  REQUIRE(link.send({.kind = kind::reply, .id = 1}, "y"));
  link.writable();
  // A request that crossed our goodbye is answered, too; the peer's goodbye says that it was the
  // last.
  CHECK_FALSE(link.stream->finished());
  link.say({.kind = frame_kind::request, .id = 2}, "x");
  link.say({.kind = frame_kind::goodbye, .critical = true}, "");
  CHECK_FALSE(link.stream->finished());
  REQUIRE(link.send({.kind = kind::reply, .id = 2}, "y"));
  link.writable();
  CHECK(link.stream->finished());
  link.read();
  CHECK(link.heard(frame_kind::goodbye) == 1);
  link.stream->events()->on_closed({mw::errc::disconnected, "both ends have finished"});
  CHECK(link.downs == 1);
  CHECK(link.subject == nullptr);

  wire_end late;
  late.shake_hands();
  late.say({.kind = frame_kind::request, .id = 1}, "x");
  late.subject->drain({mw::errc::disconnected, "done"});
  late.node.advance(10s);
  late.say({.kind = frame_kind::pong}, "");
  late.tick();
  CHECK(late.downs == 1);

  wire_end mute;  // a peer that does not answer the goodbye
  mute.shake_hands();
  mute.subject->drain({mw::errc::disconnected, "done"});
  mute.node.advance(9s);
  mute.say({.kind = frame_kind::pong}, "");
  mute.tick();
  CHECK(mute.downs == 0);
  mute.node.advance(1s);
  mute.tick();
  REQUIRE(mute.downs == 1);
  CHECK(mute.down->text().find("did not answer our goodbye") != std::string::npos);
}

TEST_CASE("connection: a goodbye is answered with a goodbye, and ends when all is done") {
  wire_end link;
  link.shake_hands();
  REQUIRE(link.send({.kind = kind::request, .id = 1}, "x"));
  link.say({.kind = frame_kind::goodbye, .critical = true}, "");
  CHECK(link.draining);
  link.read();
  CHECK(link.heard(frame_kind::goodbye) == 1);
  CHECK_FALSE(link.stream->finished());
  link.say({.kind = frame_kind::reply, .id = 1}, "y");
  link.writable();
  CHECK(link.stream->finished());
}

TEST_CASE("connection: an outbox that is full refuses, and says when there is room") {
  settings small;
  small.outbox.count = 256 * 1024;
  wire_end link(small);
  link.shake_hands();
  link.read();
  const std::string text(10'000, 'x');
  int taken = 0;
  while (taken < 1000 && link.send({}, text).ok()) ++taken;
  // What is unsent, and 256 KiB waiting.
  const std::size_t room = small.unsent.count + small.outbox.count;
  CHECK(static_cast<std::size_t>(taken) * text.size() <= room + 2 * text.size());
  CHECK(static_cast<std::size_t>(taken) * text.size() >= room - 2 * text.size());
  CHECK(link.node.count("mw_pool_refused_total,outbox") == 1);
  CHECK(link.rooms == 0);
  for (int i = 0; i < 10 && link.rooms == 0; ++i) {
    link.read();
    link.writable();
  }
  CHECK(link.rooms == 1);
  for (int i = 0; i < 10; ++i) {
    link.read();
    link.writable();
  }
  CHECK(link.heard(frame_kind::one_way) == static_cast<std::size_t>(taken));
}

TEST_CASE("connection: an idle link is small") {
  MESSAGE("sizeof(connection) = ", sizeof(connection));
  CHECK(sizeof(connection) <= 1200);
}

}  // namespace mw::pool

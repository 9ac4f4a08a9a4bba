// share_test: a connection books what it takes, and does without where it gets nothing.
// SPDX-License-Identifier: Apache-2.0
#include "testing/wire_end.h"

#include <doctest/doctest.h>

namespace mw::pool {
namespace {

using wire::frame_kind;

// What a scope was asked, kept by the test; the scope itself dies with the connection.
struct share {
  std::size_t memory_max = SIZE_MAX;
  std::uint32_t streams_max = UINT32_MAX;
  frame_verdict beyond = frame_verdict::pass;
  std::size_t kind = SIZE_MAX;  // to which `beyond` applies
  bool full = false;            // no room for this peer

  std::size_t memory = 0;
  std::uint32_t streams = 0;
  std::vector<std::string> names;
  std::vector<offence> offences;
  bool alive = true;
};

class fake_scope final : public admission_scope {
 public:
  explicit fake_scope(share& of) : of_(of) {}
  ~fake_scope() override { of_.alive = false; }
  bool reserve(std::size_t bytes) noexcept override {
    if (bytes > of_.memory_max - of_.memory) return false;
    of_.memory += bytes;
    return true;
  }
  void release(std::size_t bytes) noexcept override {
    CHECK(bytes <= of_.memory);
    of_.memory -= bytes;
  }
  bool open_stream() noexcept override {
    if (of_.streams == of_.streams_max) return false;
    ++of_.streams;
    return true;
  }
  void close_stream() noexcept override {
    CHECK(of_.streams > 0);
    --of_.streams;
  }
  status authenticated(std::string_view identity, bool proven) override {
    of_.names.push_back(std::string(identity) + (proven ? "!" : "?"));
    if (of_.full) return {errc::overloaded, "full"};
    return {};
  }
  void offended(offence what) noexcept override { of_.offences.push_back(what); }
  void on_eviction(function<void(const failure&)>) override {}

 private:
  frame_verdict frame_beyond(std::size_t kind) noexcept override {
    return kind == of_.kind ? of_.beyond : frame_verdict::pass;
  }
  share& of_;
};

std::unique_ptr<admission_scope> scope_of(share& of) {
  return std::make_unique<fake_scope>(of);
}
std::string fragment_of(std::uint32_t whole, std::size_t bytes) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(whole >> shift & 255);
  return text + std::string(bytes, 'f');
}

}  // namespace

TEST_CASE("share: the peer is named once it has said who it is, unproven by its node id") {
  share of;
  wire_end end({}, scope_of(of));
  CHECK(of.names.empty());
  end.shake_hands();
  CHECK(end.ready);
  CHECK(of.names == std::vector<std::string>{"n2?"});
  CHECK(of.offences.empty());
  CHECK(of.memory == 0);
}

TEST_CASE("share: a peer that has its share already is told so") {
  share of;
  of.full = true;
  wire_end end({}, scope_of(of));
  end.shake_hands();
  CHECK_FALSE(end.ready);
  REQUIRE(end.down);
  CHECK(end.down->kind() == errc::overloaded);
}

TEST_CASE("share: nonsense is a failed handshake before the hello, a bad frame after it") {
  share of;
  wire_end stranger({}, scope_of(of));
  stranger.say_raw("GET / HTTP/1.1\r\n\r\n");
  CHECK(of.offences == std::vector{offence::handshake_failed});
  share later;
  wire_end peer({}, scope_of(later));
  peer.shake_hands();
  peer.say_raw(std::string(64, '\xff'));
  CHECK(later.offences == std::vector{offence::bad_frame});
}

TEST_CASE("share: who says nothing in time has offended once") {
  share of;
  wire_end end({}, scope_of(of));
  end.node.advance(6s);
  end.tick();
  CHECK(of.offences == std::vector{offence::handshake_slow});
}

TEST_CASE("share: a fragmented message is booked as a whole before a block is made") {
  share of;
  of.memory_max = 150'000;
  wire_end end({}, scope_of(of));
  end.shake_hands();
  end.say({.kind = frame_kind::one_way, .more = true, .id = 1}, fragment_of(100'000, 60'000));
  CHECK(of.memory == 100'000);
  // Another one of its peer does not fit: it is skipped, and nothing breaks.
  end.say({.kind = frame_kind::request, .more = true, .priority = priority::high, .id = 2},
          fragment_of(90'000, 60'000));
  CHECK(of.memory == 100'000);
  end.read();
  CHECK(end.heard(frame_kind::reset) == 1);
  end.say({.kind = frame_kind::request, .first = false, .priority = priority::high, .id = 2},
          std::string(30'000, 'f'));
  end.say({.kind = frame_kind::one_way, .first = false, .id = 1}, std::string(40'000, 'f'));
  CHECK(of.memory == 0);
  REQUIRE(end.arrivals.size() == 1);
  CHECK(end.arrivals[0].body.size() == 100'000);
  CHECK_FALSE(end.down);
}

TEST_CASE("share: requests beyond its streams are refused, the connection goes on") {
  share of;
  of.streams_max = 2;
  wire_end end({}, scope_of(of));
  end.shake_hands();
  for (std::uint64_t id = 1; id <= 4; ++id) end.say({.kind = frame_kind::request, .id = id}, "x");
  CHECK(end.arrivals.size() == 2);
  end.read();
  CHECK(end.heard(frame_kind::reset) == 2);
  CHECK(of.offences == std::vector{offence::over_quota, offence::over_quota});
  CHECK(end.send({.kind = message_kind::reply, .id = 1}, "y"));
  end.say({.kind = frame_kind::request, .id = 5}, "x");
  CHECK(end.arrivals.size() == 3);
  CHECK(of.streams == 2);
  CHECK(end.send({.kind = message_kind::reply, .id = 2}, "y"));
  CHECK(end.send({.kind = message_kind::reply, .id = 5}, "y"));
  end.tick();
  CHECK(of.streams == 0);
}

TEST_CASE("share: messages that wait are booked, and refused without a share") {
  share of;
  of.memory_max = 200'000;
  wire_end end({}, scope_of(of));
  end.shake_hands();
  const std::string large(100'000, 'l');  // in fragments, and nobody reads
  int sent = 0;
  while (sent < 10 && end.send({.kind = message_kind::one_way}, large)) ++sent;
  CHECK(sent >= 1);
  CHECK(sent < 10);
  CHECK(of.memory > 0);
  CHECK(of.memory <= of.memory_max);
  CHECK_FALSE(end.down);
  for (int i = 0; i < 10; ++i) {
    (void)end.stream->take();
    end.writable();
  }
  end.tick();
  CHECK(of.memory == 0);
  CHECK(end.rooms == 1);
  CHECK(end.send({.kind = message_kind::one_way}, large));
}

TEST_CASE("share: frames beyond their rate: ignored, refused, or the end") {
  share of;
  wire_end end({}, scope_of(of));
  end.shake_hands();
  of.beyond = frame_verdict::drop;
  of.kind = static_cast<std::size_t>(frame_kind::one_way);
  end.say({.kind = frame_kind::one_way}, "x");
  CHECK(end.arrivals.empty());
  of.kind = static_cast<std::size_t>(frame_kind::request);
  end.say({.kind = frame_kind::request, .id = 1}, "x");
  CHECK(end.arrivals.empty());
  end.read();
  CHECK(end.heard(frame_kind::reset) == 1);
  CHECK_FALSE(end.down);
  // Credit cannot be missed: the two sides would disagree.
  of.kind = static_cast<std::size_t>(frame_kind::credit);
  end.say({.kind = frame_kind::credit}, std::string("\0\0\0\1", 4));
  REQUIRE(end.down);
  CHECK(end.down->kind() == errc::overloaded);
}

TEST_CASE("share: floods of resets and pings are offences") {
  for (const frame_kind kind : {frame_kind::reset, frame_kind::ping}) {
    share of;
    wire_end end({}, scope_of(of));
    end.shake_hands();
    int said = 0;
    while (!end.down && said < 10'000) {
      end.say({.kind = kind, .id = kind == frame_kind::reset ? 1u : 0u},
              kind == frame_kind::reset ? std::string("\1x") : std::string());
      end.read();
      ++said;
    }
    CHECK(said < 10'000);
    CHECK(of.offences == std::vector{offence::flood});
  }
}

TEST_CASE("share: it goes with the connection") {
  share of;
  {
    wire_end end({}, scope_of(of));
    end.shake_hands();
    CHECK(of.alive);
  }
  CHECK_FALSE(of.alive);
}

}  // namespace mw::pool

// tcp_test: bounds, names, faults and counters of TCP links, in a simulated network.
// SPDX-License-Identifier: Apache-2.0
#include "common/links/counted_stream.h"

#include <mw/test_peer.h>
#include <mw/testing.h>
#include <mw/transport_conformance.h>

#include <algorithm>
#include <optional>

namespace {

using mw::test_node;
using namespace std::chrono_literals;

static_assert(sizeof(mw::transports::counted_stream) <= 64, "one for each idle connection");

constexpr const char* any_port = "listen: 127.0.0.1:0";

// The owner of one end of a link.
struct one_end final : mw::stream_events {
  explicit one_end(mw::link to) : link(std::move(to)) { link.bytes->start(*this); }
  void on_data(mw::bytes_view bytes) override { heard += mw::as_text(bytes); }
  void on_writable() override { ++writable; }
  void on_end() override { ended = true; }
  void on_closed(const mw::failure& why) override { closed = why; }

  mw::link link;
  std::string heard;
  int writable = 0;
  bool ended = false;
  std::optional<mw::failure> closed;
};

// A node with the transport, a door, who came in through it, and one dial.
class scene {
 public:
  explicit scene(const std::string& options = any_port, const std::string& where = "0.0.0.0")
      : node(MW_PLUGIN_FILE, options) {
    REQUIRE_MESSAGE(node.ready(), node.failed());
    node.in_turn([this, &where] {
      auto& tcp = *node.contract<mw::transport>();
      auto listening = tcp.listen({.host = where, .port = 0}, [this](mw::link accepted) {
        guests.push_back(std::make_unique<one_end>(std::move(accepted)));
      });
      REQUIRE(listening.ok());
      door = std::move(*listening);
    });
  }
  ~scene() {
    node.in_turn([this] {
      dialling.reset();
      mine.reset();
      guests.clear();
      door.reset();
    });
  }

  void dial(const mw::endpoint& to, mw::duration deadline = 5s) {
    failure.reset();
    node.in_turn([this, &to, deadline] {
      dialling = node.contract<mw::transport>()->dial(
          {.to = to, .deadline = deadline}, [this](mw::result<mw::link> outcome) {
            if (outcome)
              mine = std::make_unique<one_end>(std::move(*outcome));
            else
              failure = outcome.error();
          });
      CHECK(!failure);
      CHECK(!mine);
    });
  }
  // The failure of a dial to `to`.
  mw::failure failed_dial(const mw::endpoint& to, mw::duration deadline = 5s) {
    dial(to, deadline);
    REQUIRE(node.run_until([this] { return failure.has_value() || mine != nullptr; }));
    REQUIRE(failure.has_value());
    return *failure;
  }
  void connect() {
    dial({.host = "127.0.0.1", .port = door->local().port});
    REQUIRE(node.run_until([this] { return mine != nullptr && !guests.empty(); }));
  }
  [[nodiscard]] double metric(std::string_view name, test_node::label_list labels = {}) const {
    return node.metric(name, labels);
  }
  [[nodiscard]] mw::endpoint address() {
    return {.host = node.machine().address(), .port = door->local().port};
  }

  test_node node;
  mw::listener_ptr door;
  mw::dial_ptr dialling;
  std::unique_ptr<one_end> mine;
  std::vector<std::unique_ptr<one_end>> guests;
  std::optional<mw::failure> failure;
};

bool says(const mw::failure& why, std::string_view part) {
  INFO(why.text());
  return why.text().find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the YAML says where to listen, or nothing") {
  const test_node listening(MW_PLUGIN_FILE, "listen: 127.0.0.1:7400");
  const auto where = listening.contract<mw::transport>()->configured();
  REQUIRE(where.size() == 1);
  CHECK(to_string(where.front()) == "127.0.0.1:7400");
  const test_node dialling(MW_PLUGIN_FILE);
  CHECK(dialling.contract<mw::transport>()->configured().empty());
  const test_node wrong(MW_PLUGIN_FILE, "listen: unix:/run/x.sock");
  CHECK(wrong.failed().find("transport.unix") != std::string::npos);
}

TEST_CASE("names are resolved, and refused addresses do not matter while one answers") {
  scene s(any_port, "127.0.0.1");
  // ::1 comes first and nobody listens there.
  s.dial({.host = "localhost", .port = s.door->local().port});
  REQUIRE(s.node.run_until([&s] { return s.mine != nullptr; }));
  CHECK(s.mine->link.bytes->remote().host == "127.0.0.1");
  CHECK(s.metric("mw_transport_links_total", {{"how", "dialled"}}) == 1);
}

TEST_CASE("an address that does not answer costs a quarter of a second, not the deadline") {
  scene s;
  s.node.world().network().set_name("two.example", {"10.9.9.9", "127.0.0.1"});
  const mw::duration before = s.node.world().now();
  s.dial({.host = "two.example", .port = s.door->local().port});
  REQUIRE(s.node.run_until([&s] { return s.mine != nullptr; }));
  const mw::duration took = s.node.world().now() - before;
  CHECK(took >= 250ms);
  CHECK(took < 400ms);
  CHECK(s.mine->link.bytes->remote().host == "127.0.0.1");

  s.mine.reset();
  s.node.world().network().set_name("dead.example", {"10.9.9.8", "10.9.9.9"});
  const mw::failure why = s.failed_dial({.host = "dead.example", .port = 7}, 1s);
  CHECK(why.kind() == mw::errc::timed_out);
  CHECK(says(why, "dead.example:7 at 10.9.9.8, 10.9.9.9 within 1s"));
}

TEST_CASE("name servers that do not answer, sooner or later than the deadline") {
  scene s;
  s.node.world().network().set_name("slow.example", {});
  const mw::failure ours = s.failed_dial({.host = "slow.example", .port = 7}, 1s);
  CHECK(ours.kind() == mw::errc::timed_out);
  CHECK(says(ours, "slow.example:7"));
  const mw::failure theirs = s.failed_dial({.host = "slow.example", .port = 7}, 1min);
  CHECK(theirs.kind() == mw::errc::timed_out);
  CHECK(says(theirs, "name server"));
}

TEST_CASE("a name that nobody has") {
  scene s;
  const mw::failure why = s.failed_dial({.host = "nobody.example", .port = 7});
  CHECK(why.kind() == mw::errc::not_found);
  CHECK(says(why, "nobody.example:7"));
  CHECK(s.metric("mw_transport_dial_failures_total", {{"reason", "not_found"}}) == 1);
}

TEST_CASE("a refused dial names every address that was tried") {
  scene s;
  const mw::failure one = s.failed_dial({.host = "127.0.0.1", .port = 9});
  CHECK(one.kind() == mw::errc::disconnected);
  CHECK(says(one, "127.0.0.1:9"));
  const mw::failure both = s.failed_dial({.host = "localhost", .port = 9});
  CHECK(both.kind() == mw::errc::disconnected);
  CHECK(says(both, "localhost:9"));
  CHECK(says(both, "[::1]:9"));
  CHECK(says(both, "127.0.0.1:9"));
  CHECK(s.metric("mw_transport_dial_failures_total", {{"reason", "disconnected"}}) == 2);
}

TEST_CASE("an address that never answers costs the deadline, no more") {
  scene s;
  const mw::duration before = s.node.world().now();
  const mw::failure why = s.failed_dial({.host = "10.9.9.9", .port = 1}, 2s);
  CHECK(why.kind() == mw::errc::timed_out);
  CHECK(says(why, "10.9.9.9:1"));
  CHECK(says(why, "2s"));
  const mw::duration took = s.node.world().now() - before;
  CHECK(took >= 2s);
  CHECK(took < 2500ms);
  CHECK(s.metric("mw_transport_dial_failures_total", {{"reason", "timed_out"}}) == 1);
}

TEST_CASE("what cannot be dialled or listened on is said, and how it is written") {
  scene s;
  for (const mw::endpoint& wrong :
       {mw::endpoint{"/run/x.sock", 0, true}, mw::endpoint{"127.0.0.1", 0}, mw::endpoint{}}) {
    const mw::failure why = s.failed_dial(wrong);
    CHECK(why.kind() == mw::errc::invalid);
    CHECK(says(why, "127.0.0.1:7400"));
  }
  s.node.in_turn([&s] {
    auto& tcp = *s.node.contract<mw::transport>();
    const auto path = tcp.listen({"/run/x.sock", 0, true}, [](mw::link) {});
    REQUIRE(!path.ok());
    CHECK(path.error().kind() == mw::errc::invalid);
    const auto taken = tcp.listen(s.door->local(), [](mw::link) {});
    REQUIRE(!taken.ok());
    CHECK(taken.error().kind() == mw::errc::denied);
    CHECK(says(taken.error(), to_string(s.door->local())));
  });
}

TEST_CASE("a flood beyond connections_max is closed at once, until there is room") {
  scene s("{ connections_max: 3 }");
  std::vector<std::unique_ptr<mw::test_peer>> peers;
  for (int i = 0; i < 8; ++i) peers.push_back(std::make_unique<mw::test_peer>(s.node, s.address()));
  const auto turned_away = [&peers] {
    return std::count_if(peers.begin(), peers.end(), [](const auto& one) { return one->ended(); });
  };
  REQUIRE(s.node.run_until([&] { return turned_away() == 5; }));
  CHECK(s.guests.size() == 3);
  CHECK(s.metric("mw_transport_refused_total", {{"reason", "connections_max"}}) == 5);
  CHECK(s.metric("mw_transport_open_links") == 3);
  const auto warned = std::count_if(
      s.node.log().begin(), s.node.log().end(),
      [](const std::string& line) { return line.find("connections_max") != line.npos; });
  CHECK(warned == 1);

  s.node.in_turn([&s] { s.guests.pop_back(); });
  mw::test_peer late(s.node, s.address());
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 3; }));
  CHECK(s.metric("mw_transport_links_total", {{"how", "accepted"}}) == 4);
}

TEST_CASE("connections beyond the rate wait, and are let in later") {
  scene s("{ accept_rate: 2/s }");
  std::vector<std::unique_ptr<mw::test_peer>> peers;
  for (int i = 0; i < 6; ++i) peers.push_back(std::make_unique<mw::test_peer>(s.node, s.address()));
  s.node.run_for(400ms);
  CHECK(s.guests.size() == 2);
  CHECK(s.metric("mw_transport_accept_pauses_total") >= 1);
  s.node.run_for(1s);
  CHECK(s.guests.size() >= 3);
  CHECK(s.guests.size() <= 5);
  s.node.run_for(3s);
  CHECK(s.guests.size() == 6);
}

TEST_CASE("a door that its user paused stays shut, whatever the rate says") {
  scene s("{ accept_rate: 1/s }");
  mw::test_peer first(s.node, s.address());
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
  s.node.in_turn([&s] { s.door->pause(); });
  mw::test_peer second(s.node, s.address());
  s.node.run_for(5s);
  CHECK(s.guests.size() == 1);
  s.node.in_turn([&s] { s.door->resume(); });
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 2; }));
}

TEST_CASE("a door may be destroyed by who comes in") {
  scene s;
  mw::listener_ptr second;
  const std::string long_capture(100, 'c');
  std::string heard;
  s.node.in_turn([&] {
    auto made = s.node.contract<mw::transport>()->listen({.host = "0.0.0.0", .port = 0},
                                                         [&, long_capture](mw::link) {
                                                           second.reset();
                                                           heard = long_capture;
                                                         });
    REQUIRE(made.ok());
    second = std::move(*made);
  });
  mw::test_peer peer(s.node, {.host = s.node.machine().address(), .port = second->local().port});
  REQUIRE(s.node.run_until([&heard] { return !heard.empty(); }));
  CHECK(heard == long_capture);
}

TEST_CASE("a reader that hangs holds no more than send_limit") {
  scene s("{ send_limit: 64KiB }");
  mw::test_peer slow(s.node, s.address());
  slow.stop_reading();
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
  const std::string flood(1 << 20, 'f');
  std::size_t taken = 0;
  for (int i = 0; i < 50; ++i) {
    s.node.in_turn([&] {
      mw::stream& bytes = *s.guests[0]->link.bytes;
      taken += bytes.write(mw::as_bytes(flood));
      CHECK(bytes.unsent() <= 64 * 1024);
    });
    s.node.run_for(100ms);
  }
  CHECK(taken < 1 << 20);
  CHECK(s.metric("mw_transport_bytes_total", {{"direction", "out"}}) ==
        doctest::Approx(static_cast<double>(taken)));
  CHECK(!s.guests[0]->closed);
}

TEST_CASE("bytes are counted both ways, and open links go when they go") {
  scene s;
  s.connect();
  CHECK(s.metric("mw_transport_open_links") == 2);
  s.node.in_turn([&s] {
    CHECK(s.mine->link.bytes->write(mw::as_bytes("question")) == 8);
    CHECK(s.guests[0]->link.bytes->write(mw::slice::copy_of("answer")));
  });
  REQUIRE(s.node.run_until(
      [&s] { return s.mine->heard == "answer" && s.guests[0]->heard == "question"; }));
  CHECK(s.metric("mw_transport_bytes_total", {{"direction", "in"}}) == 14);
  CHECK(s.metric("mw_transport_bytes_total", {{"direction", "out"}}) == 14);
  s.node.in_turn([&s] { s.mine.reset(); });
  REQUIRE(s.node.run_until([&s] { return s.guests[0]->closed.has_value(); }));
  CHECK(s.metric("mw_transport_open_links") == 0);  // ended, although one is not destroyed yet
  CHECK(s.metric("mw_transport_half_open_total") == 0);
}

TEST_CASE("the end of a link names the peer") {
  scene s;
  s.connect();
  s.node.in_turn([&s] {
    s.mine->link.bytes->finish();
    s.guests[0]->link.bytes->finish();
  });
  REQUIRE(s.node.run_until([&s] { return s.mine->closed && s.guests[0]->closed; }));
  CHECK(says(*s.mine->closed, to_string(s.mine->link.bytes->remote())));
  CHECK(says(*s.guests[0]->closed, to_string(s.guests[0]->link.bytes->remote())));

  scene other;
  other.connect();
  other.node.world().network().reset_streams(0, 0);
  REQUIRE(other.node.run_until([&other] { return other.mine->closed.has_value(); }));
  CHECK(other.mine->closed->kind() == mw::errc::disconnected);
  CHECK(says(*other.mine->closed, to_string(other.mine->link.bytes->remote())));
}

TEST_CASE("a peer that falls silent is given up, and counted as half open") {
  for (const bool writes : {true, false}) {
    CAPTURE(writes);
    scene s("{ keep_alive: 10s, user_timeout: 5s }");
    mw::test_peer peer(s.node, s.address());
    REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1; }));
    s.node.world().network().sever_streams(0, 1);
    if (writes)
      s.node.in_turn([&s] { (void)s.guests[0]->link.bytes->write(mw::as_bytes("anybody?")); });
    REQUIRE(s.node.run_until([&s] { return s.guests[0]->closed.has_value(); }, 2min));
    CHECK(s.guests[0]->closed->kind() == mw::errc::timed_out);
    CHECK(says(*s.guests[0]->closed, to_string(s.guests[0]->link.bytes->remote())));
    CHECK(s.metric("mw_transport_half_open_total") == 1);
    CHECK(s.metric("mw_transport_open_links") == 0);
  }
}

TEST_CASE("frames are read into the place of who reads them, through the link") {
  struct reader final : mw::stream_events {
    void on_data(mw::bytes_view bytes) override {
      placed = placed && bytes.data() == frame.data() + filled;
      filled += bytes.size();
    }
    void on_writable() override {}
    void on_end() override {}
    void on_closed(const mw::failure&) override {}
    std::span<std::byte> read_into() override { return std::span(frame).subspan(filled); }
    std::vector<std::byte> frame = std::vector<std::byte>(100'000);
    std::size_t filled = 0;
    bool placed = true;
  };
  scene s;
  s.connect();
  reader in;
  const std::string sent(in.frame.size(), 'x');
  s.node.in_turn([&] {
    s.mine->link.bytes->start(in);
    CHECK(s.guests[0]->link.bytes->write(mw::slice::copy_of(sent)));
  });
  REQUIRE(s.node.run_until([&] { return in.filled == sent.size(); }));
  CHECK(in.placed);
  CHECK(mw::as_text(in.frame) == sent);
}

MW_TRANSPORT_TESTS(MW_PLUGIN_FILE, any_port)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, any_port)

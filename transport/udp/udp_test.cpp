// udp_test: packets, strangers, silence and bounds of UDP links, in a simulated network.
// SPDX-License-Identifier: Apache-2.0
#include <mw/testing.h>
#include <mw/transport_conformance.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace {

using mw::as_bytes;
using mw::test_node;
using namespace std::chrono_literals;

// The owner of one end of a link.
struct one_end final : mw::stream_events {
  explicit one_end(mw::link to) : link(std::move(to)) {}
  void start() { link.bytes->start(*this); }
  void on_data(mw::bytes_view bytes) override {
    heard.emplace_back(mw::as_text(bytes));
    if (each_data) each_data();
  }
  void on_writable() override { ++writable; }
  void on_end() override {}
  void on_closed(const mw::failure& why) override { closed = why; }
  std::size_t say(std::string_view text) { return link.bytes->write(as_bytes(text)); }

  mw::link link;
  std::vector<std::string> heard;
  int writable = 0;
  std::optional<mw::failure> closed;
  mw::function<void()> each_data;
};

// A node with the transport, a door, and any number of links through it.
class scene {
 public:
  explicit scene(const std::string& options = "{ idle_timeout: 60s }")
      : node(MW_PLUGIN_FILE, options) {
    REQUIRE_MESSAGE(node.ready(), node.failed());
    mw::sim_link perfect;
    perfect.tail_ppm = 0;
    perfect.jitter = 0s;
    node.world().network().set_links(perfect);
    node.in_turn([this] {
      auto made = node.contract<mw::transport>()->listen(
          {.host = "127.0.0.1", .port = 0}, [this](mw::link accepted) {
            guests.push_back(std::make_unique<one_end>(std::move(accepted)));
            if (starts_guests) guests.back()->start();
          });
      REQUIRE(made.ok());
      door = std::move(*made);
    });
  }
  ~scene() {
    node.in_turn([this] {
      dials.clear();
      mine.clear();
      guests.clear();
      door.reset();
    });
  }

  void dial(const mw::endpoint& to) {
    const std::size_t before = mine.size() + failures.size();
    node.in_turn([&] {
      dials.push_back(
          node.contract<mw::transport>()->dial({.to = to}, [this](mw::result<mw::link> made) {
            if (!made) return failures.push_back(made.error());
            mine.push_back(std::make_unique<one_end>(std::move(*made)));
            mine.back()->start();
          }));
      CHECK(mine.size() + failures.size() == before);
    });
    REQUIRE(node.run_until([&] { return mine.size() + failures.size() > before; }));
  }
  // A link through the door, seen from both sides.
  void connect() {
    dial(door->local());
    REQUIRE(!mine.empty());
    node.in_turn([this] { CHECK(mine.back()->say("hello") == 5); });
    const std::size_t before = guests.size();
    REQUIRE(node.run_until([&] { return guests.size() > before || before > 0; }));
    node.run_for(10ms);
  }
  // One packet, and time for it to arrive: within a turn packets may overtake each other.
  std::size_t say(one_end& from, std::string_view text) {
    std::size_t taken = 0;
    node.in_turn([&] { taken = from.say(text); });
    node.run_for(10ms);
    return taken;
  }
  [[nodiscard]] double dropped(std::string_view reason) const {
    return node.metric("mw_transport_packets_dropped_total", {{"reason", reason}});
  }

  bool starts_guests = true;
  test_node node;
  mw::listener_ptr door;
  std::vector<mw::dial_ptr> dials;
  std::vector<std::unique_ptr<one_end>> mine;
  std::vector<std::unique_ptr<one_end>> guests;
  std::vector<mw::failure> failures;
};

}  // namespace

TEST_CASE("one write is one packet, both ways") {
  scene s;
  s.connect();
  REQUIRE(s.guests.size() == 1);
  CHECK(s.guests[0]->heard == std::vector<std::string>{"hello"});
  CHECK(s.say(*s.mine[0], "one") == 3);
  CHECK(s.say(*s.mine[0], "two") == 3);
  s.node.in_turn([&s] { CHECK(s.mine[0]->link.bytes->write(mw::slice::copy_of("three"))); });
  s.node.run_for(10ms);
  CHECK(s.guests[0]->heard == std::vector<std::string>{"hello", "one", "two", "three"});
  s.node.in_turn([&s] { CHECK(s.guests[0]->say("answer") == 6); });
  s.node.run_for(10ms);
  CHECK(s.mine[0]->heard == std::vector<std::string>{"answer"});
  CHECK(s.guests[0]->link.bytes->local() == s.mine[0]->link.bytes->remote());
  CHECK(s.node.metric("mw_transport_bytes_total", {{"direction", "out"}}) == 22);
  CHECK(s.node.metric("mw_transport_bytes_total", {{"direction", "in"}}) == 22);
}

TEST_CASE("links are apart by the address of the peer") {
  scene s;
  for (int i = 0; i < 3; ++i) {
    s.dial(s.door->local());
    s.node.in_turn([&s, i] { (void)s.mine.back()->say("from " + std::to_string(i)); });
    s.node.run_for(10ms);
  }
  REQUIRE(s.guests.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(s.guests[i]->heard == std::vector<std::string>{"from " + std::to_string(i)});
  CHECK(s.node.metric("mw_transport_open_links") == 6);
}

TEST_CASE("a stranger is answered with no more than it sent, until it speaks again") {
  scene s;
  s.connect();  // "hello": five bytes
  REQUIRE(s.guests.size() == 1);
  CHECK(s.say(*s.guests[0], "abc") == 3);
  CHECK(s.say(*s.guests[0], "def") == 0);
  s.node.in_turn([&s] {
    CHECK(!s.guests[0]->link.bytes->write(mw::slice::copy_of("def")));
    CHECK(s.guests[0]->say("de") == 2);
  });
  CHECK(s.dropped("unproved") == 2);
  s.node.run_for(1s);
  CHECK(s.mine[0]->heard == std::vector<std::string>{"abc", "de"});
  CHECK(s.guests[0]->writable == 0);
  s.node.in_turn([&s] { (void)s.mine[0]->say("!"); });
  s.node.run_for(10ms);
  CHECK(s.guests[0]->writable == 1);
  const std::string long_answer(1000, 'l');
  s.node.in_turn([&] { CHECK(s.guests[0]->say(long_answer) == 1000); });
  s.node.run_for(10ms);
  CHECK(s.mine[0]->heard.back() == long_answer);
}

TEST_CASE("too large a packet is refused and said, once a link") {
  scene s;
  s.connect();
  const std::string largest(1200, 'x');
  s.node.in_turn([&] {
    CHECK(s.mine[0]->say(largest) == 1200);
    CHECK(s.mine[0]->say(largest + "x") == 0);
    CHECK(!s.mine[0]->link.bytes->write(mw::slice::copy_of(largest + "x")));
  });
  s.node.run_for(10ms);
  CHECK(s.guests[0]->heard.back() == largest);
  CHECK(s.dropped("oversize") == 2);
  const auto lines =
      std::count_if(s.node.log().begin(), s.node.log().end(), [](const std::string& line) {
        return line.find("max_packet") != line.npos && line.find("1201") != line.npos;
      });
  CHECK(lines == 1);
}

TEST_CASE("a silent peer ends the link, a talking one does not") {
  scene s("{ idle_timeout: 5s }");
  s.connect();
  REQUIRE(s.guests.size() == 1);
  for (int i = 0; i < 5; ++i) {
    s.node.run_for(3s);
    s.node.in_turn([&s] {
      (void)s.mine[0]->say("ping");
      (void)s.guests[0]->say("pong");
    });
  }
  CHECK(!s.guests[0]->closed);
  CHECK(!s.mine[0]->closed);
  s.node.run_for(6s);
  REQUIRE(s.guests[0]->closed.has_value());
  CHECK(s.guests[0]->closed->kind() == mw::errc::timed_out);
  CHECK(s.guests[0]->closed->text().find(to_string(s.guests[0]->link.bytes->remote())) !=
        std::string::npos);
  CHECK(s.guests[0]->closed->text().find("5s") != std::string::npos);
  CHECK(s.mine[0]->closed.has_value());
  CHECK(s.node.metric("mw_transport_half_open_total") == 2);
  CHECK(s.node.metric("mw_transport_open_links") == 0);
  s.node.in_turn([&s] { CHECK(s.guests[0]->say("late") == 0); });
}

TEST_CASE("strangers beyond connections_max are not let in") {
  scene s("{ connections_max: 2 }");
  for (int i = 0; i < 5; ++i) {
    s.dial(s.door->local());
    s.node.in_turn([&s] { (void)s.mine.back()->say("let me in"); });
  }
  s.node.run_for(10ms);
  CHECK(s.guests.size() == 2);
  CHECK(s.node.metric("mw_transport_refused_total", {{"reason", "connections_max"}}) == 3);
  s.node.in_turn([&s] { s.guests.pop_back(); });
  s.node.in_turn([&s] { (void)s.mine.back()->say("and now?"); });
  s.node.run_for(10ms);
  CHECK(s.guests.size() == 2);
}

TEST_CASE("packets wait for their owner, up to a bound") {
  scene s("{ queue_packets: 3 }");
  s.starts_guests = false;
  s.connect();
  REQUIRE(s.guests.size() == 1);
  for (const char* text : {"1", "2", "3", "4"}) CHECK(s.say(*s.mine[0], text) == 1);
  CHECK(s.dropped("unread") == 2);
  s.node.in_turn([&s] {
    s.guests[0]->start();
    CHECK(s.guests[0]->heard.empty());  // never inside start()
  });
  CHECK(s.guests[0]->heard == std::vector<std::string>{"hello", "1", "2"});
  s.node.in_turn([&s] {
    s.guests[0]->link.bytes->pause_reading();
    (void)s.mine[0]->say("paused");
  });
  s.node.run_for(10ms);
  CHECK(s.guests[0]->heard.size() == 3);
  s.node.in_turn([&s] { s.guests[0]->link.bytes->resume_reading(); });
  CHECK(s.guests[0]->heard.back() == "paused");
}

TEST_CASE("a door that is gone or paused lets nobody in, and links live on") {
  scene s;
  s.connect();
  s.node.in_turn([&s] { s.door->pause(); });
  s.dial(s.door->local());
  s.node.in_turn([&s] { (void)s.mine[1]->say("knock"); });
  s.node.run_for(10ms);
  CHECK(s.guests.size() == 1);
  CHECK(s.dropped("stranger") == 1);
  s.node.in_turn([&s] { s.door->resume(); });
  s.node.in_turn([&s] { (void)s.mine[1]->say("knock"); });
  s.node.run_for(10ms);
  CHECK(s.guests.size() == 2);
  s.node.in_turn([&s] { s.door.reset(); });
  s.node.in_turn([&s] { (void)s.mine[0]->say("still here"); });
  s.node.run_for(10ms);
  CHECK(s.guests[0]->heard.back() == "still here");
}

TEST_CASE("links may be destroyed by what they hear") {
  scene s;
  s.connect();
  s.guests[0]->each_data = [&s] {
    s.door.reset();
    s.guests[0]->link.bytes.reset();
  };
  (void)s.say(*s.mine[0], "last");
  (void)s.say(*s.mine[0], "words");
  CHECK(s.guests[0]->heard == std::vector<std::string>{"hello", "last"});
  CHECK(s.node.metric("mw_transport_open_links") == 1);
}

TEST_CASE("finish ends the link on this side") {
  scene s;
  s.connect();
  s.node.in_turn([&s] {
    s.mine[0]->link.bytes->finish();
    CHECK(!s.mine[0]->closed);
    CHECK(s.mine[0]->say("late") == 0);
  });
  REQUIRE(s.mine[0]->closed.has_value());
  CHECK(s.mine[0]->closed->kind() == mw::errc::disconnected);
  CHECK(!s.guests[0]->closed);
}

TEST_CASE("names are resolved; what cannot be dialled or listened on is said") {
  scene s;
  s.dial({.host = s.node.machine().name(), .port = 9});
  CHECK(s.mine.size() == 1);
  s.dial({.host = "nobody.example", .port = 9});
  s.dial({.host = "127.0.0.1", .port = 0});
  s.dial({.host = "/run/x.sock", .port = 0, .local = true});
  REQUIRE(s.failures.size() == 3);
  CHECK(s.failures[0].kind() == mw::errc::not_found);
  CHECK(s.failures[0].text().find("nobody.example") != std::string::npos);
  CHECK(s.failures[1].kind() == mw::errc::invalid);
  CHECK(s.failures[2].kind() == mw::errc::invalid);
  CHECK(s.node.metric("mw_transport_dial_failures_total", {{"reason", "invalid"}}) == 2);
  s.node.in_turn([&s] {
    auto& udp = *s.node.contract<mw::transport>();
    const auto taken = udp.listen(s.door->local(), [](mw::link) {});
    REQUIRE(!taken.ok());
    CHECK(taken.error().kind() == mw::errc::denied);
    CHECK(taken.error().text().find(to_string(s.door->local())) != std::string::npos);
    const auto path = udp.listen({"/run/x.sock", 0, true}, [](mw::link) {});
    REQUIRE(!path.ok());
    CHECK(path.error().kind() == mw::errc::invalid);
  });
}

TEST_CASE("a cancelled dial is silent") {
  scene s;
  s.node.in_turn([&s] {
    s.dials.push_back(s.node.contract<mw::transport>()->dial(
        {.to = s.door->local()}, [](const mw::result<mw::link>&) { CHECK(false); }));
    s.dials.clear();
  });
  s.node.run_for(10s);
}

TEST_CASE("the YAML says where to listen") {
  const test_node node(MW_PLUGIN_FILE, "listen: 127.0.0.1:7400");
  REQUIRE(node.contract<mw::transport>()->configured().size() == 1);
  const test_node wrong(MW_PLUGIN_FILE, "listen: unix:/run/x");
  CHECK(wrong.failed().find("listen") != std::string::npos);
}

MW_PACKET_TRANSPORT_TESTS(MW_PLUGIN_FILE, "listen: 127.0.0.1:0")
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "listen: 127.0.0.1:0")

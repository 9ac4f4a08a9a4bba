// packets_test: transport.udp on real sockets.
// SPDX-License-Identifier: Apache-2.0
#include "real_node.h"

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace mw::test {

namespace {

class scene {
 public:
  explicit scene(const std::string& more = "")
      : node("  subject: { use: transport.udp" + more + " }\n") {
    node.in_turn([this] {
      auto made = node.use("subject").listen({"127.0.0.1", 0}, [this](link accepted) {
        guests.push_back(std::make_unique<real_end>(node, std::move(accepted)));
      });
      REQUIRE(made.ok());
      door = std::move(*made);
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
  void dial(const std::string& host) {
    node.in_turn([&] {
      dialling = node.use("subject").dial(
          {.to = {host, door->local().port}}, [this](result<link> outcome) {
            REQUIRE(outcome.ok());
            mine = std::make_unique<real_end>(node, std::move(*outcome));
          });
    });
    REQUIRE(node.run_until([this] { return mine != nullptr; }));
  }

  real_node node;
  listener_ptr door;
  dial_ptr dialling;
  std::unique_ptr<real_end> mine;
  std::vector<std::unique_ptr<real_end>> guests;
};

}  // namespace

TEST_CASE("udp: packets there and back, and no more than was asked for") {
  scene s;
  s.dial("127.0.0.1");
  s.node.in_turn([&s] { CHECK(s.mine->link.bytes->write(as_bytes("question")) == 8); });
  REQUIRE(s.node.run_until([&s] { return !s.guests.empty() && s.guests[0]->heard == "question"; }));
  CHECK(s.guests[0]->link.bytes->remote() != s.door->local());
  s.node.in_turn([&s] {
    CHECK(s.guests[0]->link.bytes->write(as_bytes("too long an answer")) == 0);
    CHECK(s.guests[0]->link.bytes->write(as_bytes("answer")) == 6);
  });
  REQUIRE(s.node.run_until([&s] { return s.mine->heard == "answer"; }));
  s.node.in_turn([&s] { (void)s.mine->link.bytes->write(as_bytes("more")); });
  REQUIRE(s.node.run_until([&s] { return s.guests[0]->writable == 1; }));
  const std::string large(1200, 'x');
  s.node.in_turn([&] { CHECK(s.guests[0]->link.bytes->write(as_bytes(large)) == 1200); });
  REQUIRE(s.node.run_until([&] { return s.mine->heard == "answer" + large; }));
}

TEST_CASE("udp: silence ends a link") {
  scene s(", idle_timeout: 100ms");
  s.dial("127.0.0.1");
  s.node.in_turn([&s] { (void)s.mine->link.bytes->write(as_bytes("once")); });
  REQUIRE(s.node.run_until([&s] { return s.guests.size() == 1 && s.guests[0]->closed; }));
  CHECK(s.guests[0]->closed->kind() == errc::timed_out);
}

TEST_CASE("udp: a port that is in use") {
  scene s;
  s.node.in_turn([&s] {
    const auto taken = s.node.use("subject").listen(s.door->local(), [](link) {});
    REQUIRE(!taken.ok());
    CHECK(taken.error().kind() == errc::denied);
    CHECK(taken.error().text().find(to_string(s.door->local())) != std::string::npos);
  });
}

}  // namespace mw::test

// faults_test: broken, silent, doubled and missing connections, and what is left behind: nothing.
// SPDX-License-Identifier: Apache-2.0
#include "testing/some_pools.h"

#include <mw/test_peer.h>

namespace mw::pool {

using namespace std::chrono_literals;
using kind = mw::message_kind;

namespace {

std::size_t links_of(some_pools& pools, std::size_t from, std::size_t to) {
  const mw::peer_view* const p = pools.at(from).peer(some_pools::id(to));
  return p == nullptr ? 0 : p->links;
}

bool all_up(some_pools& pools) {
  for (std::size_t i = 0; i < pools.ends.size(); ++i)
    for (std::size_t k = 0; k < pools.ends.size(); ++k)
      if (i != k && !pools.at(i).up(some_pools::id(k))) return false;
  return true;
}

}  // namespace

TEST_CASE("pool: after a reset both sides are told, and connect again") {
  some_pools pools(2);
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  REQUIRE(pools.linked(1, 0));
  for (int round = 1; round <= 5; ++round) {
    pools.node.world().network().reset_streams(0, 0);
    REQUIRE(pools.node.run_until([&] {
      return pools.at(0).links_closed.size() == static_cast<std::size_t>(round) &&
             pools.at(1).links_closed.size() == static_cast<std::size_t>(round);
    }));
    REQUIRE(pools.node.run_until([&] { return all_up(pools); }));
  }
  CHECK(pools.sum("mw_pool_errors_total", "cause", "reset") == 10);
}

TEST_CASE("pool: a connection that goes silent is found out by unanswered pings") {
  some_pools pools(2);
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  pools.node.run_for(60s);
  CHECK(pools.at(0).links_closed.empty());  // pings are answered
  const mw::duration before = pools.node.world().now();
  pools.node.world().network().sever_streams(0, 0);
  REQUIRE(pools.node.run_until([&] { return !pools.at(0).links_closed.empty(); }, 2min));
  CHECK(pools.at(0).links_closed[0].why == mw::errc::timed_out);
  CHECK(pools.node.world().now() - before <= 26s);  // (3 + 1) * 5 s, and the first silence
  REQUIRE(pools.node.run_until([&] { return all_up(pools); }, 2min));
  CHECK(pools.sum("mw_pool_errors_total", "cause", "silent") >= 1);
}

TEST_CASE("pool: two that dial each other at once end with one connection, for good") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    some_pools pools(2, "connections: 1..1", seed);
    pools.introduce(0);
    pools.introduce(1);
    REQUIRE(pools.linked(0, 1));
    REQUIRE(pools.linked(1, 0));
    pools.node.run_for(30s);
    CHECK(links_of(pools, 0, 1) == 1);
    CHECK(links_of(pools, 1, 0) == 1);
    const std::size_t closed = pools.at(0).links_closed.size();
    CHECK(closed <= 1);
    pools.node.run_for(5min);
    CHECK(pools.at(0).links_closed.size() == closed);
  }
}

TEST_CASE("pool: who dials its own address does not become its own peer") {
  some_pools pools(1);
  pools.introduce(0);
  pools.node.run_for(10s);
  pools.node.in_turn([&] { CHECK(pools.at(0).out.peers().empty()); });
  REQUIRE_FALSE(pools.at(0).views.empty());
  CHECK(pools.at(0).views.back().state == mw::peer_state::gone);
  const double errors = pools.sum("mw_pool_errors_total", "cause", "handshake_refused");
  pools.introduce(0);
  pools.node.run_for(1min);
  CHECK(pools.sum("mw_pool_errors_total", "cause", "handshake_refused") == errors);
}

TEST_CASE("pool: a second node of the same id is kept out while the first is connected") {
  mw::test_setup setup = some_pools::setup(3, "", 1);
  const std::string twin = "c: { use: transport.pool, id: n3";
  setup.yaml.replace(setup.yaml.find(twin), twin.size(), "c: { use: transport.pool, id: n2");
  some_pools pools(setup, 3);
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  const auto life = pools.at(0).peer("n2")->life;
  pools.introduce(2);
  pools.node.run_for(30s);
  CHECK(pools.node.metric("mw_pool_identity_conflicts_total") >= 1);
  CHECK_FALSE(pools.node.received<mw::alert_raised>().empty());
  CHECK(pools.at(0).up("n2"));
  CHECK(pools.at(0).peer("n2")->life == life);
}

TEST_CASE("pool: messages for a peer that is not there wait, within bounds, and expire") {
  some_pools pools(1, "waiting_messages: 1000, waiting_deadline: 2s");
  pools.node.publish(
      mw::peer_found{.id = "n9", .address = "127.0.0.1:9", .zone = "", .source = "test"});
  pools.node.run_for(100ms);
  std::size_t taken = 0;
  std::size_t refused = 0;
  pools.node.in_turn([&] {
    for (std::uint64_t i = 1; i <= 10'000; ++i) {
      const auto sent = pools.at(0).send("n9", {.kind = kind::request, .id = i}, "x");
      if (sent.ok())
        ++taken;
      else if (sent.error().kind() == mw::errc::overloaded)
        ++refused;
    }
  });
  CHECK(taken == 1000);
  CHECK(refused == 9000);
  CHECK(pools.sum("mw_pool_refused_total", "reason", "waiting") == 9000);
  pools.node.run_for(3s);
  CHECK(pools.at(0).placements.size() == 1000);
  for (const auto& one : pools.at(0).placements) CHECK(one.failed == mw::errc::timed_out);
  CHECK(pools.at(0).rooms == 1);
  CHECK(pools.node.metric("mw_pool_waiters") == 0);
}

TEST_CASE("pool: a peer that no discovery lists any more is forgotten, messages and all") {
  some_pools pools(1, "forget_after: 5s, waiting_deadline: 1h");
  pools.node.publish(
      mw::peer_found{.id = "n9", .address = "127.0.0.1:9", .zone = "", .source = "test"});
  pools.node.run_for(100ms);
  pools.node.in_turn([&] { REQUIRE(pools.at(0).send("n9", {.id = 1}, "x")); });
  pools.node.publish(mw::peer_lost{.id = "n9", .address = "127.0.0.1:9", .source = "test"});
  pools.node.run_for(60s);
  CHECK(pools.at(0).peer("n9")->state == mw::peer_state::gone);
  REQUIRE(pools.at(0).placements.size() == 1);
  CHECK(pools.at(0).placements[0].failed == mw::errc::not_found);
}

TEST_CASE("pool: after a storm everybody is connected to everybody, once") {
  some_pools pools(4, "connections: 1..1");
  for (std::size_t i = 0; i < 4; ++i) pools.introduce(i);
  REQUIRE(pools.node.run_until([&] { return all_up(pools); }, 1min));
  for (int storm = 0; storm < 10; ++storm) {
    pools.node.world().network().reset_streams(0, 0);
    pools.node.run_for(50ms);
  }
  pools.node.run_for(30s);
  REQUIRE(all_up(pools));
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      if (i != k) CHECK(links_of(pools, i, k) == 1);
  CHECK(pools.node.stop());
  CHECK(pools.node.world().network().open_streams() == 0);
}

TEST_CASE("pool: a node that moved is found at its new address") {
  some_pools pools(2);
  pools.node.publish(
      mw::peer_found{.id = "n2", .address = "127.0.0.1:9", .zone = "", .source = "test"});
  pools.node.run_for(2s);
  CHECK_FALSE(pools.at(0).up("n2"));
  pools.node.publish(
      mw::peer_found{.id = "n2", .address = some_pools::address(1), .zone = "", .source = "test"});
  pools.node.publish(mw::peer_lost{.id = "n2", .address = "127.0.0.1:9", .source = "test"});
  CHECK(pools.linked(0, 1));
  CHECK(pools.at(0).peer("n2")->address == some_pools::address(1));
}

TEST_CASE("pool: connections are replaced when their time is over, without a gap") {
  some_pools pools(2, "connections: 1..1, lifetime: 60s, drain_deadline: 1s");
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  const std::size_t told = pools.at(0).views.size();
  pools.node.run_for(10min);
  CHECK(pools.at(0).links_closed.size() >= 8);
  for (std::size_t i = told; i < pools.at(0).views.size(); ++i)
    if (pools.at(0).views[i].id == "n2") CHECK(pools.at(0).views[i].state == mw::peer_state::up);
  CHECK(pools.sum("mw_pool_evictions_total", "reason", "lifetime") >= 8);
}

TEST_CASE("pool: strangers who say nothing, or nonsense, are shown out") {
  some_pools pools(1, "unproved: 3, handshake_deadline: 2s");
  const mw::endpoint door{"127.0.0.1", 7401};
  std::vector<std::unique_ptr<mw::test_peer>> silent;
  for (int i = 0; i < 4; ++i) {
    silent.push_back(std::make_unique<mw::test_peer>(pools.node, door));
    pools.node.run_for(100ms);
  }
  pools.node.run_for(100ms);
  CHECK(pools.sum("mw_pool_evictions_total", "reason", "unproved") == 1);
  pools.node.run_for(5s);
  for (const auto& one : silent) CHECK(one->ended());
  CHECK(pools.sum("mw_pool_errors_total", "cause", "handshake_timeout") == 3);
  mw::test_peer browser(pools.node, door);
  browser.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(browser.wait_for_end(10s));
  CHECK(pools.sum("mw_pool_violations_total", "reason", "frame") == 1);
  mw::test_peer huge(pools.node, door);
  huge.say(std::string("\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", 14));
  CHECK(huge.wait_for_end(10s));
  CHECK(pools.sum("mw_pool_violations_total", "reason", "frame") == 2);
}

}  // namespace mw::pool

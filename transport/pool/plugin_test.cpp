// plugin_test: pools exchange messages over simulated links.
// SPDX-License-Identifier: Apache-2.0
#include "testing/some_pools.h"

#include <mw/channel_conformance.h>
#include <mw/random.h>

#include <map>

namespace mw::pool {

using namespace std::chrono_literals;
using kind = mw::message_kind;

TEST_CASE("pool: two nodes exchange messages, requests and replies") {
  some_pools pools(2);
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  REQUIRE(pools.linked(1, 0));
  pools.node.in_turn([&] {
    REQUIRE(pools.at(0).send("n2", {.kind = kind::one_way}, "hello"));
    REQUIRE(pools.at(0).send("n2", {.kind = kind::request, .id = 7}, "question"));
  });
  REQUIRE(pools.node.run_until([&] { return pools.at(1).messages.size() == 2; }));
  CHECK(pools.at(1).messages[0].body == "hello");
  CHECK(pools.at(1).messages[0].from == "n1");
  const auto question = pools.at(1).messages[1];
  CHECK(question.head.kind == kind::request);
  CHECK(question.head.id == 7);
  pools.node.in_turn(
      [&] { REQUIRE(pools.at(1).reply(question.on, {.kind = kind::reply, .id = 7}, "answer")); });
  REQUIRE(pools.node.run_until([&] { return pools.at(0).messages.size() == 1; }));
  CHECK(pools.at(0).messages[0].body == "answer");
  CHECK(pools.at(0).messages[0].head.id == 7);
  CHECK(pools.node.stop());
}

TEST_CASE("pool: compressed messages arrive as they were, whole or in fragments") {
  for (const std::string algorithm : {"lz4", "zstd"}) {
    some_pools pools(2, "compression: " + algorithm + ", compress_unauthenticated: true");
    pools.introduce(1);
    REQUIRE(pools.linked(0, 1));
    std::vector<std::string> bodies;
    mw::random_stream random(3);
    for (const std::size_t size : {100u, 2000u, 60'000u, 300'000u, 3'000'000u}) {
      std::string text;
      while (text.size() < size) text += "line " + std::to_string(random.below(1000)) + "\n";
      bodies.push_back(text);
    }
    std::string noise(50'000, ' ');
    for (char& c : noise) c = static_cast<char>(random.next() >> 32);
    bodies.push_back(noise);
    for (const std::string& body : bodies) {
      pools.node.in_turn([&] { REQUIRE(pools.at(0).send("n2", {}, body)); });
      REQUIRE(pools.node.run_until([&] {
        return !pools.at(1).messages.empty() && pools.at(1).messages.back().body == body;
      }));
    }
    CHECK(pools.node.metric("mw_pool_compression_saved_bytes_total") > 30'000);
    CHECK(pools.sum("mw_pool_bytes_total", "direction", "out") < 2'000'000);
  }
}

TEST_CASE("pool: busy connections get company, up to the limit, and lose it when idle") {
  some_pools pools(2, "connections: 1..3, streams: 4, idle_timeout: 20s");
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  std::uint64_t id = 0;
  for (int round = 0; round < 20; ++round) {
    pools.node.in_turn(
        [&] { REQUIRE(pools.at(0).send("n2", {.kind = kind::request, .id = ++id}, "x")); });
    pools.node.run_for(2s);
  }
  CHECK(pools.at(0).peer("n2")->links == 3);
  CHECK(pools.node.metric("mw_pool_utilisation") > 0.7);
  pools.node.in_turn([&] {
    for (const auto& m : pools.at(1).messages)
      REQUIRE(pools.at(1).reply(m.on, {.kind = kind::reply, .id = m.head.id}, "y"));
  });
  pools.node.run_for(2min);
  CHECK(pools.at(0).count(kind::reply) == 20);
  CHECK(pools.at(0).peer("n2")->links == 1);
  CHECK(pools.sum("mw_pool_evictions_total", "reason", "idle") == 2);
}

TEST_CASE("pool: odd cuts and short writes change nothing") {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    some_pools pools(2, "unsent: 8KiB, fragment: 4KiB", seed);
    pools.node.world().network().set_links(
        {.cut_read_ppm = 500'000, .short_write_ppm = 300'000, .window = 20'000});
    pools.introduce(1);
    REQUIRE(pools.linked(0, 1));
    mw::random_stream random(seed);
    std::map<std::uint64_t, std::string> sent;
    for (std::uint64_t id = 1; id <= 400; ++id) {
      const auto p = static_cast<mw::priority>(random.below(4));
      const std::size_t size = random.chance(0.1) ? random.below(60'000) : random.below(500);
      std::string body(size, static_cast<char>('a' + id % 26));
      pools.node.in_turn([&] {
        if (pools.at(0).send("n2", {.kind = kind::request, .priority = p, .id = id}, body))
          sent[id] = std::move(body);
      });
      if (id % 7 == 0) pools.node.run_for(1ms);
    }
    REQUIRE(pools.node.run_until([&] { return pools.at(1).messages.size() == sent.size(); }));
    for (const auto& m : pools.at(1).messages) CHECK(m.body == sent[m.head.id]);
    CHECK(pools.at(0).links_closed.empty());
  }
}

TEST_CASE("pool: the pages list peers and connections") {
  some_pools pools(2);
  pools.introduce(1);
  REQUIRE(pools.linked(0, 1));
  const auto peers = pools.node.call("/a/pool/peers");
  CHECK(peers.status == 200);
  CHECK(peers.body.find("\"id\":\"n2\",\"state\":\"up\"") != std::string::npos);
  const auto connections = pools.node.call("/b/pool/connections");
  CHECK(connections.body.find("\"peer\":\"n1\",\"state\":\"ready\"") != std::string::npos);
}

namespace {

// Two pools that are called near and far, as the conformance suite wants them.
mw::conformance::channel_bench near_and_far() {
  const std::string yaml = R"(
node: { id: n0, cluster: test }
plugins:
  codec: { use: transport.msgpack }
  near_link: { use: transport.tcp }
  far_link: { use: transport.tcp, listen: "127.0.0.1:7402" }
  near: { use: transport.pool, id: near, transport: near_link, codec: codec }
  far: { use: transport.pool, id: far, transport: far_link, codec: codec }
)";
  return {{.libraries = {MW_PLUGIN_FILE, MW_TCP_FILE, MW_MSGPACK_FILE}, .yaml = yaml},
          "127.0.0.1:7402"};
}

}  // namespace

MW_CHANNEL_TESTS(near_and_far())

}  // namespace mw::pool

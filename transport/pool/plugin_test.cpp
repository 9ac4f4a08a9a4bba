// plugin_test: pools exchange messages over simulated links.
// SPDX-License-Identifier: Apache-2.0
#include "testing/some_pools.h"

#include <mw/channel_conformance.h>

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

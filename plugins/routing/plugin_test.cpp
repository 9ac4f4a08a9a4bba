// plugin_test: the plug-in in a node: wiring, pages, events, typed calls through a real codec.
// SPDX-License-Identifier: Apache-2.0
#include "messages.h"

#include <mw/router_conformance.h>
#include <mw/rpc.h>
#include <mw/testing.h>

namespace {

struct greeting {
  std::string name;
  std::uint32_t times = 0;
  static constexpr auto fields() {
    return mw::field_list(mw::field<&greeting::name>("name", "Who."),
                          mw::field<&greeting::times>("times", "How often."));
  }
};

mw::test_setup node_with(const std::string& options = {}) {
  return {.libraries = {MW_PLUGIN_FILE, MW_LONELY_FILE, MW_MSGPACK_FILE},
          .yaml =
              "node: { id: n1, zone: a }\n"
              "plugins:\n"
              "  subject: { use: routing" +
              (options.empty() ? "" : ", " + options) +
              " }\n"
              "  wire: { use: routing_lonely }\n"
              "  msgpack: { use: transport.msgpack }\n"};
}

}  // namespace

MW_ROUTER_TESTS(node_with())

TEST_CASE("routing: typed calls through msgpack") {
  mw::test_node node(node_with());
  auto& router = *node.contract<mw::router>();
  auto& home = *node.contract<mw::services>();
  mw::registration_ptr offered;
  std::string got;
  std::string refused;
  node.in_turn([&] {
    offered = mw::serve<greeting, greeting>(
                  router, home, "greet",
                  [](const greeting& in, const mw::incoming&, mw::responder<greeting> out) {
                    if (in.times == 0) return out.refuse({mw::errc::invalid, "times: 1 or more"});
                    out.reply({in.name + "!", in.times * 2});
                  })
                  .value();
    const mw::route where{.service = router.open("greet").value()};
    CHECK(mw::call<greeting>(router, where, greeting{"ada", 2}, [&](const auto& reply) {
      got = reply.value().name + std::to_string(reply.value().times);
    }));
    CHECK(mw::call<greeting>(router, where, greeting{"bob", 0},
                             [&](const auto& reply) { refused = reply.error().text(); }));
  });
  node.run_for(std::chrono::seconds(1));
  CHECK(got == "ada!4");
  CHECK(refused == "times: 1 or more");
  CHECK(node.metric("mw_call_duration_seconds_count", {{"service", "greet"}, {"outcome", "ok"}}) !=
        0);
  CHECK(node.call("/subject/routing/services").body == R"([{"service":"greet","nodes":["n1"]}])");
  CHECK(node.call("/subject/routing/members").body.find(R"("self":true)") != std::string::npos);
  CHECK(node.call("/subject/routing/calls").body == R"({"open":0,"calls":[]})");
  node.in_turn([&] { offered.reset(); });
  CHECK(node.stop());
}

TEST_CASE("routing: dead letters are told, shown and sent again") {
  mw::test_node node(node_with("redeliver_after: [10ms], attempts_max: 2"));
  auto& router = *node.contract<mw::router>();
  auto& home = *node.contract<mw::services>();
  mw::message_out out;
  out.append(mw::as_bytes("x"));
  node.in_turn([&] {
    mw::route where{.service = router.open("later").value()};
    where.guarantee = mw::guarantee::at_least_once;
    where.deadline = std::chrono::milliseconds(100);
    CHECK(router.send(where, out, {}));
  });
  CHECK(node.metric("mw_delivery_pending") == 1);
  node.run_for(std::chrono::seconds(1));
  CHECK(node.metric("mw_delivery_pending") == 0);
  CHECK(node.metric("mw_delivery_dead_lettered_total") == 1);
  CHECK(node.call("/subject/routing/dead").body.find(R"("id":1,"service":"later")") !=
        std::string::npos);
  CHECK(node.call("/subject/routing/dead/replay?id=x").status == 400);
  CHECK(node.call("/subject/routing/dead/replay?id=2").status == 404);
  int got = 0;
  mw::registration_ptr offered;
  node.in_turn(
      [&] { offered = home.serve("later", {}, [&](const mw::incoming&) { ++got; }).value(); });
  CHECK(node.call("/subject/routing/dead/replay?id=1").body == R"({"sent":1})");
  node.run_for(std::chrono::seconds(1));
  CHECK(got == 1);
  CHECK(node.metric("mw_delivery_acked_total") == 1);
  node.in_turn([&] { offered.reset(); });
}

TEST_CASE("routing: names, joined groups and bytes to itself are bounded") {
  mw::test_node node(node_with("services_max: 2, local_max: 64KiB"));
  auto& router = *node.contract<mw::router>();
  auto& home = *node.contract<mw::services>();
  std::vector<mw::registration_ptr> kept;
  node.in_turn([&] {
    kept.push_back(home.serve("one", {}, [](const mw::incoming&) {}).value());
    CHECK(router.open("two"));
    CHECK(router.open("three").error().kind() == mw::errc::overloaded);
    kept.push_back(home.join("a").value());
    kept.push_back(home.join("b").value());
    CHECK(home.join("c").error().kind() == mw::errc::overloaded);
    mw::message_out out;
    out.append(mw::as_bytes(std::string(40'000, 'x')));
    const mw::route where{.service = router.open("one").value()};
    CHECK(router.send(where, out, {}));
    CHECK(router.send(where, out, {}).error().kind() == mw::errc::overloaded);
  });
  CHECK(node.metric("mw_router_refused_total", {{"reason", "local_full"}}) == 1);
  node.in_turn([&] { kept.clear(); });
}

TEST_CASE("routing: options are checked") {
  for (const char* bad : {"redeliver_after: []", "redeliver_after: [0s]", "calls_max: 0",
                          "broadcasts_per_peer: 0/s", "deadline_max: 1ms"}) {
    mw::test_setup setup = node_with(bad);
    setup.start = mw::test_start::not_yet;
    mw::test_node node(setup);
    CHECK_MESSAGE(!node.failed().empty(), bad);
  }
}

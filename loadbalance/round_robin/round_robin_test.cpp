// round_robin_test: zones, counts, and the promises of balancer/1.
// SPDX-License-Identifier: Apache-2.0
#include <mw/balancer_conformance.h>
#include <mw/testing.h>

#include <map>

namespace {

std::map<mw::candidate_key, int> tally(mw::test_node& node,
                                       std::vector<mw::candidate_key> avoid = {}) {
  std::map<mw::candidate_key, int> picks;
  node.in_turn([&] {
    const auto picker = node.contract<mw::balancer>()->open("orders");
    const std::vector<mw::candidate> list{{.key = 1, .zone = "a", .weight = 1},
                                          {.key = 2, .zone = "b", .weight = 2},
                                          {.key = 3, .zone = "b", .weight = 1}};
    picker->assign(list);
    for (int i = 0; i < 400; ++i)
      if (const auto key = picker->pick({.now = {}, .avoid = avoid})) ++picks[*key];
  });
  return picks;
}

mw::test_setup in_zone_b(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, zone: b }\nplugins:\n  subject: { use: "
              "loadbalance.round_robin" +
              options + " }\n"};
}

}  // namespace

TEST_CASE("round_robin: shares follow weights") {
  mw::test_node node(MW_PLUGIN_FILE);
  auto picks = tally(node);
  CHECK(picks[1] == 100);
  CHECK(picks[2] == 200);
  CHECK(picks[3] == 100);
  CHECK(node.metric("mw_round_robin_picks_total", {{"result", "own"}}) == 400);
}

TEST_CASE("round_robin: prefer_own leaves the zone only when it must") {
  mw::test_node node(in_zone_b(", zones: prefer_own"));
  auto picks = tally(node);
  CHECK(picks[1] == 0);
  CHECK(picks[2] + picks[3] == 400);
  CHECK(tally(node, {2, 3})[1] == 400);
  CHECK(node.metric("mw_round_robin_picks_total", {{"result", "other_zone"}}) == 400);
  CHECK(tally(node, {1, 2, 3}).empty());
  CHECK(node.metric("mw_round_robin_picks_total", {{"result", "none"}}) == 400);
}

TEST_CASE("round_robin: the gauge counts the candidates of all services, until they are gone") {
  mw::test_node node(MW_PLUGIN_FILE);
  node.in_turn([&node] {
    const auto orders = node.contract<mw::balancer>()->open("orders");
    const auto users = node.contract<mw::balancer>()->open("users");
    const std::vector<mw::candidate> three{{.key = 1}, {.key = 2}, {.key = 3}};
    orders->assign(three);
    users->assign(three);
    CHECK(node.metric("mw_round_robin_candidates") == 6);
    users->assign(std::span(three).first(1));
    CHECK(node.metric("mw_round_robin_candidates") == 4);
  });
  CHECK(node.metric("mw_round_robin_candidates") == 0);
}

MW_BALANCER_TESTS(MW_PLUGIN_FILE)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

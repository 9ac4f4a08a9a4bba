// @name@_test: candidates take turns, and those to be avoided are passed over.
// SPDX-License-Identifier: Apache-2.0
#include <mw/balancer_conformance.h>
#include <mw/testing.h>

#include <array>

TEST_CASE("@name@: candidates take turns") {
  mw::test_node node(MW_PLUGIN_FILE);
  node.in_turn([&node] {
    const auto picker = node.contract<mw::balancer>()->open("orders");
    const std::array<mw::candidate, 3> list{{{.key = 1}, {.key = 2}, {.key = 3}}};
    const std::array<mw::candidate_key, 1> second{2};
    picker->assign(list);
    CHECK(picker->pick({}) == 1);
    CHECK(picker->pick({.avoid = second}) == 3);
    CHECK(picker->pick({}) == 1);
    CHECK(picker->pick({}) == 2);
  });
  CHECK(node.metric("mw_@class@_picks_total") == 4);
}

MW_BALANCER_TESTS(MW_PLUGIN_FILE)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

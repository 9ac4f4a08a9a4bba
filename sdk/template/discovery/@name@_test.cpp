// @name@_test: what the stanza lists is found, each peer once.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/testing.h>

namespace {
constexpr const char* two_peers =
    R"(peers: ["127.0.0.1:7402", "127.0.0.1:7401", "127.0.0.1:7402"])";
}

TEST_CASE("@name@: finds each listed peer once, sorted by address") {
  const mw::test_node node(MW_PLUGIN_FILE, two_peers);
  const auto found = node.received<mw::peer_found>();
  REQUIRE(found.size() == 2);
  CHECK(found[0].address == "127.0.0.1:7401");
  CHECK(found[1].address == "127.0.0.1:7402");
  CHECK(node.metric("mw_@class@_peers") == 2);
}

MW_DISCOVERY_TESTS(MW_PLUGIN_FILE, two_peers)
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, two_peers)

// census_test: peers are counted by zone, up to the bound.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/testing.h>

TEST_CASE("census: counts peers by zone, up to max_peers") {
  mw::test_node node(MW_PLUGIN_FILE, "max_peers: 2");
  for (const char* id : {"p1", "p2", "p3"})
    node.publish(mw::peer_up{.id = id, .address = "", .zone = "a"});
  CHECK(node.call("/census").body == R"({"a":2})");
  CHECK(node.metric("mw_census_refused_total") == 1);
  node.publish(mw::peer_down{.id = "p1", .address = "", .reason = ""});
  CHECK(node.metric("mw_census_peers") == 1);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

// @name@_test: each peer counts once while it is up, and no more than the bound.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/testing.h>

TEST_CASE("@name@: counts the peers that are up") {
  mw::test_node node(MW_PLUGIN_FILE);
  node.publish(mw::peer_up{.id = "a", .address = "127.0.0.1:7400"});
  node.publish(mw::peer_up{.id = "a", .address = "127.0.0.1:7400"});
  node.publish(mw::peer_up{.id = "b", .address = "127.0.0.1:7401"});
  CHECK(node.metric("mw_@class@_peers") == 2);
  node.publish(mw::peer_down{.id = "a", .address = "127.0.0.1:7400", .reason = "silent"});
  CHECK(node.metric("mw_@class@_peers") == 1);
}

TEST_CASE("@name@: remembers no more peers than max_peers") {
  mw::test_node node(MW_PLUGIN_FILE, "max_peers: 1");
  node.publish(mw::peer_up{.id = "a", .address = "127.0.0.1:7400"});
  node.publish(mw::peer_up{.id = "b", .address = "127.0.0.1:7401"});
  CHECK(node.metric("mw_@class@_peers") == 1);
  CHECK(node.metric("mw_@class@_refused_total") == 1);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

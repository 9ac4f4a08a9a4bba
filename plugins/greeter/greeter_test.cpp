// greeter_test: each peer is greeted once.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/testing.h>

TEST_CASE("greeter: greets each peer once") {
  mw::test_node node(MW_PLUGIN_FILE, "greeting: good day");
  node.publish(mw::peer_up{.id = "a", .address = "127.0.0.1:7400"});
  node.publish(mw::peer_up{.id = "b", .address = "127.0.0.1:7401"});
  CHECK(node.metric("mw_greeter_greeted_total") == 2);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

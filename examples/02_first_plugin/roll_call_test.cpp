// roll_call_test: peers are announced in order, at the interval, in virtual time.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/testing.h>

TEST_CASE("roll_call: announces its peers in order, again and again") {
  mw::test_node node(MW_PLUGIN_FILE, "{ peers: [a, b], every: 1min }");
  node.run_for(std::chrono::seconds(185));
  std::string order;
  for (const mw::peer_up& peer : node.received<mw::peer_up>()) order += peer.id;
  CHECK(order == "aba");
}

TEST_CASE("roll_call: an empty list is refused by the rule's words") {
  const mw::test_node node(MW_PLUGIN_FILE, "peers: []");
  CHECK(node.failed().find("must name at least one peer") != std::string::npos);
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "peers: [a]")

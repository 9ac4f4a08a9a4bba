// broadcast_test: the plug-in in a node: where it calls to, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/testing.h>

namespace {

// The simulator knows the limited broadcast address alone.
mw::test_setup with(const std::string& options) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, cluster: demo }\nplugins:\n  subject: { use: "
              "discovery.broadcast" +
              options + " }\n",
          .seed = 7};
}
const std::string everywhere = ", interfaces: [\"10.0.0.1/24\"], to: 255.255.255.255, open: true";

std::string refused(const std::string& options) {
  mw::test_node node(with(options));
  return node.failed();
}

}  // namespace

TEST_CASE("broadcast: calls go out, and the page says where to") {
  mw::test_node node(with(everywhere + ", address: \"10.0.0.1:7400\""));
  node.run_for(mw::duration(3'000'000'000));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(node.metric("mw_discovery_broadcast_sent_total") >= 4);
  CHECK(node.metric("mw_discovery_broadcast_send_failures_total") == 0);
  CHECK(node.call("/discovery/subject/interfaces").body.find("255.255.255.255:7446") !=
        std::string::npos);
  CHECK(node.stop());
}

TEST_CASE("broadcast: wrong options are named") {
  CHECK(refused(", interfaces: [\"10.0.0.1\"], open: true").find("size of their network") !=
        std::string::npos);
  CHECK(refused(", interfaces: [\"::1\"]").find("no broadcast") != std::string::npos);
  CHECK(refused(", to: everywhere").find("IPv4 address") != std::string::npos);
  CHECK(refused(", interfaces: [\"10.0.0.1/24\"]").find("needed beyond loopback") !=
        std::string::npos);
}

MW_DISCOVERY_TESTS(with(everywhere))
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE,
                     "{ interfaces: [\"10.0.0.1/24\"], to: 255.255.255.255, open: true }")

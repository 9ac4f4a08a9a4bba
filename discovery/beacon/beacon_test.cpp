// beacon_test: the plug-in in a node: who calls, who is listed, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/testing.h>

namespace {

// Both stanzas call under the id of the node, and nobody lists itself: peers are listed in
// tests/sim/lan_test.cpp, where there are several nodes.
const std::string other = "  other: { use: discovery.beacon, address: \"127.0.0.1:7402\" }\n";
mw::test_setup with(const std::string& options = {}, const std::string& others = other) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, cluster: demo, zone: a }\nplugins:\n  subject: { use: "
              "discovery.beacon" +
              options + " }\n" + others,
          .seed = 7};
}
std::string refused(const std::string& options) {
  mw::test_node node(with(options));
  return node.failed();
}
double count(mw::test_node& node, const std::string& name) {
  return node.metric("mw_discovery_beacon_" + name);
}

}  // namespace

TEST_CASE("beacon: a node does not list itself, and shows what goes on") {
  mw::test_node node(with());
  node.run_for(mw::duration(5'000'000'000));
  CHECK(node.contract<mw::discovery>()->peers().empty());
  CHECK(count(node, "sent_total") >= 6);
  CHECK(count(node, "received_total") >= 12);
  CHECK(count(node, "replayed_total") == 0);
  CHECK(node.call("/discovery/other/interfaces").body.find("\"calls\":true") != std::string::npos);
  CHECK(node.call("/discovery/subject").body == "[]");
  CHECK(node.stop());
}

TEST_CASE("beacon: an interface that is not there is said, and the node goes on") {
  mw::test_node node(with(", interfaces: [\"10.77.0.1/24\"], open: true", ""));
  node.run_for(mw::duration(1'000'000'000));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(count(node, "interfaces_down") == 1);
  std::optional<mw::status> answer;
  node.in_turn([&] {
    node.contract<mw::discovery>()->refresh([&](const mw::status& outcome) { answer = outcome; });
  });
  CHECK(node.run_until([&] { return answer.has_value(); }));
  CHECK(answer->error().kind() == mw::errc::disconnected);
}

TEST_CASE("beacon: wrong options are named") {
  CHECK(refused(", group: 10.0.0.1").find("multicast address") != std::string::npos);
  CHECK(refused(", group: \"ff15::4d57\"").find("same family") != std::string::npos);
  CHECK(refused(", interfaces: [\"10.0.0.1/24\"]").find("needed beyond loopback") !=
        std::string::npos);
  CHECK(refused(", interfaces: [eth0]").find("addresses of this node") != std::string::npos);
  CHECK(refused(", hops: 0").find("1") != std::string::npos);
}

MW_DISCOVERY_TESTS(with())
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

// mdns_test: the plug-in in a node: what it announces, lists, counts and refuses.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/testing.h>

namespace {

using list = std::vector<std::string>;

// The subject and other stanzas of the same type beside it: each a host of its own on the network.
mw::test_setup with(const std::string& subject, const std::string& others = {}) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, cluster: demo, zone: a }\nplugins:\n  subject: { use: "
              "discovery.mdns" +
              subject + " }\n" + others,
          .seed = 7};
}
const std::string other = "  other: { use: discovery.mdns, address: \"127.0.0.1:7402\" }\n";

list addresses(mw::test_node& node) {
  list out;
  for (const mw::peer_found& peer : node.contract<mw::discovery>()->peers())
    out.push_back(peer.address);
  return out;
}
// Of one stanza; with a second one beside it they are told apart by their names.
double count(mw::test_node& node, const std::string& name, const std::string& of = "subject") {
  const double own = node.metric("mw_discovery_mdns_" + name, {{"plugin", of}});
  return own >= 0 ? own : node.metric("mw_discovery_mdns_" + name);
}
std::string refused(const std::string& options) {
  mw::test_node node(with(options));
  return node.failed();
}

}  // namespace

TEST_CASE("mdns: what one announces the other lists, with its facts, and hears its goodbye") {
  mw::test_node node(with("", other));
  CHECK(node.run_until([&] { return !addresses(node).empty(); }, mw::duration(5'000'000'000)));
  CHECK(addresses(node) == list{"127.0.0.1:7402"});
  const mw::peer_found found = node.received<mw::peer_found>().front();
  CHECK(found.id == "n1");
  CHECK(found.zone == "a");
  CHECK(found.source == "subject");
  CHECK(count(node, "peers") == 1);
  CHECK(node.call("/discovery/subject").body.find("127.0.0.1:7402") != std::string::npos);
  node.run_for(mw::duration(5'000'000'000));
  const std::string page = node.call("/discovery/other/interfaces").body;
  CHECK(page.find("\"state\":\"announced\"") != std::string::npos);
  CHECK(page.find("n1@demo._meshwright._tcp.local") != std::string::npos);
  CHECK(node.stop());
}

TEST_CASE("mdns: an announcement lives as long as its handle") {
  mw::test_node node(with("", "  other: { use: discovery.mdns }\n"));
  std::unique_ptr<mw::announcement> held;
  node.in_turn([&] {
    auto made = node.contract<mw::discovery>("other")->announce({"127.0.0.1:7500", "b"});
    REQUIRE(made.ok());
    held = std::move(*made);
  });
  CHECK(node.run_until([&] { return !addresses(node).empty(); }, mw::duration(5'000'000'000)));
  CHECK(node.received<mw::peer_found>().front().zone == "b");
  node.in_turn([&] { held.reset(); });
  node.run_for(mw::duration(1'200'000'000));
  CHECK(addresses(node).empty());
  CHECK(node.received<mw::peer_lost>().size() == 1);
}

TEST_CASE("mdns: other clusters and other types are not listed") {
  mw::test_node node(with("",
                          "  other: { use: discovery.mdns, service: _other._tcp.local, "
                          "address: \"127.0.0.1:7402\" }\n"));
  node.run_for(mw::duration(10'000'000'000));
  CHECK(addresses(node).empty());
  CHECK(count(node, "received_total") > 0);
}

TEST_CASE("mdns: two of one name live side by side, and the second one is told about") {
  mw::test_node node(with(", address: \"127.0.0.1:7401\"", other));
  node.run_for(mw::duration(15'000'000'000));
  CHECK(addresses(node) == list{"127.0.0.1:7402"});
  double met = 0;
  for (const std::string stanza : {"subject", "other"})
    met += count(node, "conflicts_total", stanza) + count(node, "probes_deferred_total", stanza);
  CHECK(met >= 1);
  bool said = false;
  for (const std::string& line : node.log())
    said = said || line.find("another host has this node's name") != std::string::npos;
  CHECK(said);
}

TEST_CASE("mdns: an interface that this machine does not have is named, the node goes on") {
  mw::test_node node(with(", interfaces: [\"127.0.0.1\", \"10.77.0.1/24\"]", other));
  node.run_for(mw::duration(5'000'000'000));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  CHECK(addresses(node) == list{"127.0.0.1:7402"});
  CHECK(count(node, "interfaces_down") == 1);
  CHECK(node.call("/discovery/subject/interfaces").body.find("10.77.0.1: ") != std::string::npos);
}

TEST_CASE("mdns: refresh() without any interface says why") {
  mw::test_node node(with(", interfaces: [\"10.77.0.1/24\"]"));
  std::optional<mw::status> answer;
  node.in_turn([&] {
    node.contract<mw::discovery>()->refresh([&](const mw::status& outcome) { answer = outcome; });
  });
  CHECK(node.run_until([&] { return answer.has_value(); }));
  CHECK(answer->error().kind() == mw::errc::disconnected);
  CHECK(answer->error().text().find("10.77.0.1") != std::string::npos);
}

TEST_CASE("mdns: wrong options are named") {
  CHECK(refused(", service: http").find("_meshwright._tcp.local") != std::string::npos);
  CHECK(refused(", interfaces: []").find("1 to 16 interfaces") != std::string::npos);
  CHECK(refused(", interfaces: [eth0]").find("addresses of this node") != std::string::npos);
  CHECK(refused(", interfaces: [127.0.0.1, 127.0.0.1]").find("once") != std::string::npos);
  CHECK(refused(", address: \"unix:/run/x\"").find("a host and a port") != std::string::npos);
}

MW_DISCOVERY_TESTS(with("", other))
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

// dns_test: records that appear, age and vanish, and name servers that misbehave.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace {

using list = std::vector<std::string>;

constexpr const char* two_nodes =
    "record _mw._tcp.mesh.example 30 SRV 1 10 7400 n1.mesh.example\n"
    "record _mw._tcp.mesh.example 30 SRV 1 10 7401 n2.mesh.example\n"
    "record n1.mesh.example 60 A 10.0.0.1\n"
    "record n2.mesh.example 60 A 10.0.0.2\n"
    "record n2.mesh.example 60 AAAA 2001:db8::2\n";

mw::test_setup with(const std::string& options, const std::string& more = {}) {
  return {.libraries = {MW_PLUGIN_FILE, MW_FAKE_DNS_FILE},
          .yaml =
              "node: { id: n1, data_dir: /data }\nplugins:\n  first: { use: fake.dns, listen: "
              "\"127.0.0.1:5301\" }\n  second: { use: fake.dns, listen: \"127.0.0.1:5302\" }\n"
              "  subject: { use: discovery.dns, timeout: 100ms, " +
              options + " }\n" + more,
          .seed = 7};
}
const std::string one_server = "servers: [127.0.0.1:5301], ";
const std::string service = "services: [_mw._tcp.mesh.example]";

list addresses(mw::test_node& node) {
  list out;
  for (const mw::peer_found& peer : node.contract<mw::discovery>()->peers())
    out.push_back(peer.address);
  return out;
}

// Looks now; what it was answered.
mw::status look(mw::test_node& node) {
  std::optional<mw::status> answer;
  node.in_turn([&] {
    node.contract<mw::discovery>()->refresh([&](const mw::status& outcome) { answer = outcome; });
  });
  CHECK(node.run_until([&] { return answer.has_value(); }));
  return answer.value_or(mw::status());
}

double count(mw::test_node& node, const std::string& name) {
  return node.metric("mw_discovery_dns_" + name + "_total");
}

}  // namespace

TEST_CASE("dns: services give hosts and ports, their addresses with them") {
  mw::test_node node(with(one_server + service + ", zone: a"));
  (void)node.call("/first", two_nodes);
  CHECK(look(node).ok());
  CHECK(addresses(node) == list{"10.0.0.1:7400", "10.0.0.2:7401", "[2001:db8::2]:7401"});
  CHECK(node.received<mw::peer_found>().front().zone == "a");
  CHECK(node.received<mw::peer_found>().front().source == "subject");
  CHECK(node.metric("mw_discovery_dns_peers") == 3);
  CHECK(node.call("/discovery/subject").body.find("10.0.0.2:7401") != std::string::npos);
}

TEST_CASE("dns: hosts give all their addresses, over aliases, of the families wanted") {
  const std::string records =
      "record nodes.mesh.example 5 CNAME pool.mesh.example\n"
      "record pool.mesh.example 60 A 10.0.0.1\nrecord pool.mesh.example 60 AAAA ::1\n";
  mw::test_node both(with(one_server + "hosts: [nodes.mesh.example:7400]"));
  (void)both.call("/first", records);
  CHECK(look(both).ok());
  CHECK(addresses(both) == list{"10.0.0.1:7400", "[::1]:7400"});
  mw::test_node one(with(one_server + "hosts: [nodes.mesh.example:7400], addresses: ipv6"));
  (void)one.call("/first", records);
  CHECK(look(one).ok());
  CHECK(addresses(one) == list{"[::1]:7400"});
}

TEST_CASE("dns: only the lowest priority counts, unless all are wanted") {
  const std::string more =
      "record _mw._tcp.mesh.example 30 SRV 0 1 7399 n0.mesh.example\n"
      "record n0.mesh.example 60 A 10.0.0.9\n";
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", two_nodes + more);
  CHECK(look(node).ok());
  CHECK(addresses(node) == list{"10.0.0.9:7399"});
  mw::test_node all(with(one_server + service + ", all_priorities: true"));
  (void)all.call("/first", two_nodes + more);
  CHECK(look(all).ok());
  CHECK(addresses(all).size() == 4);
}

TEST_CASE("dns: the view follows when records change, as soon as they have aged") {
  mw::test_node node(with(one_server + service));
  (void)node.call("/first",
                  "record _mw._tcp.mesh.example 2 SRV 1 1 7400 n1.mesh.example\n"
                  "record n1.mesh.example 60 A 10.0.0.1\n");
  CHECK(look(node).ok());
  CHECK(addresses(node) == list{"10.0.0.1:7400"});
  (void)node.call("/first",
                  "record _mw._tcp.mesh.example 2 SRV 1 1 7400 n1.mesh.example\n"
                  "record n1.mesh.example 60 A 10.0.0.8\n");
  node.run_for(mw::duration(2'100'000'000));
  CHECK(addresses(node) == list{"10.0.0.8:7400"});
  CHECK(node.received<mw::peer_lost>().size() == 1);
}

TEST_CASE("dns: an error never empties the view, and it is said that it is old") {
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", two_nodes);
  CHECK(look(node).ok());
  for (const char* trouble : {"silent\n", "answer servfail\n", "garbage\n"}) {
    CAPTURE(trouble);
    (void)node.call("/first", trouble);
    CHECK_FALSE(look(node).ok());
    CHECK(addresses(node).size() == 3);
  }
  node.run_for(mw::duration(120'000'000'000));
  CHECK(addresses(node).size() == 3);
  CHECK(node.metric("mw_discovery_dns_stale") == 1);
  CHECK(count(node, "failures") > 3);
  CHECK(count(node, "unwilling") > 0);
  CHECK(count(node, "broken") > 0);
  (void)node.call("/first", two_nodes);
  node.run_for(mw::duration(40'000'000'000));
  CHECK(node.metric("mw_discovery_dns_stale") == 0);
  CHECK(node.received<mw::peer_lost>().empty());
}

TEST_CASE("dns: only repeated negative answers empty the view; the target \".\" does at once") {
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", two_nodes);
  CHECK(look(node).ok());
  (void)node.call("/first", "answer nxdomain\nrecord mesh.example 60 SOA 7\n");
  CHECK(look(node).ok());
  CHECK(look(node).ok());
  CHECK(addresses(node).size() == 3);
  CHECK(look(node).ok());
  CHECK(addresses(node).empty());
  CHECK(count(node, "emptied") == 1);
  (void)node.call("/first", two_nodes);
  CHECK(look(node).ok());
  CHECK(addresses(node).size() == 3);
  (void)node.call("/first", "record _mw._tcp.mesh.example 30 SRV 0 0 0 .\n");
  CHECK(look(node).ok());
  CHECK(addresses(node).empty());
}

TEST_CASE("dns: the next server is asked when one is silent, fails or refuses") {
  for (const char* trouble : {"silent\n", "answer servfail\n", "answer formerr\n"}) {
    CAPTURE(trouble);
    mw::test_node node(with("servers: [127.0.0.1:5301, 127.0.0.1:5302], " + service));
    (void)node.call("/first", trouble);
    (void)node.call("/second", two_nodes);
    CHECK(look(node).ok());
    CHECK(addresses(node).size() == 3);
  }
}

TEST_CASE("dns: forged answers change nothing") {
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", std::string("forge\n") + two_nodes);
  CHECK(look(node).ok());
  CHECK(count(node, "forged") >= 1);
  CHECK(addresses(node).size() == 3);
}

TEST_CASE("dns: what is cut, or does not keep the letters, is asked for over a stream") {
  for (const char* trouble : {"truncate\n", "lowercase\n"}) {
    CAPTURE(trouble);
    mw::test_node node(with(one_server + service));
    (void)node.call("/first", std::string(trouble) + two_nodes);
    // Over the stream the letters matter no less, but nobody can forge them there.
    CHECK(look(node).ok());
    CHECK(addresses(node).size() == 3);
    CHECK(count(node, "streams") >= 1);
  }
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", std::string("truncate\nsilent_stream\n") + two_nodes);
  CHECK_FALSE(look(node).ok());
}

TEST_CASE("dns: servers that do not know EDNS are asked without") {
  mw::test_node node(with(one_server + service));
  (void)node.call("/first", std::string("no_edns\n") + two_nodes);
  CHECK(look(node).ok());
  CHECK(addresses(node).size() == 3);
}

TEST_CASE("dns: name servers come from resolv.conf, and changes are seen") {
  mw::test_node node(with(service + ", resolv_conf: resolv.conf"));
  CHECK_FALSE(look(node).ok());
  CHECK(node.call("/discovery/subject").body == "[]");
  node.machine().disk().put("/data/resolv.conf", "nameserver 127.0.0.7\n");
  CHECK(look(node).error().text().find("no name server answered for _mw._tcp.mesh") !=
        std::string::npos);
}

TEST_CASE("dns: wrong options are named") {
  const auto failed = [](const std::string& options) {
    mw::test_node node(with(options));
    return node.failed();
  };
  CHECK(failed("ttl_min: 2s").find("there is nothing to look for") != std::string::npos);
  CHECK(failed("services: [a..b]").find("domain names such as") != std::string::npos);
  CHECK(failed("hosts: [127.0.0.1:7400]").find("belong into discovery.static") !=
        std::string::npos);
  CHECK(failed(service + ", servers: [ns.example:53]").find("numeric addresses") !=
        std::string::npos);
  CHECK(failed(service + ", ttl_min: 1h, ttl_max: 1s").find("below ttl_min") != std::string::npos);
}

MW_DISCOVERY_TESTS(with(one_server + service))
MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE,
                     "{ services: [_mw._tcp.mesh.example], servers: [127.0.0.1:53] }")

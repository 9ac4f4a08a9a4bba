// attack_test: whole nodes with tcp, pool and firewall in the simulator, and strangers at the door.
// SPDX-License-Identifier: Apache-2.0
#include <mw/test_peer.h>
#include <mw/testing.h>

#include <memory>
#include <string>
#include <vector>

namespace mw {
namespace {

test_setup stack(const std::string& firewall) {
  return {.libraries = {MW_PLUGIN_FILE, MW_TCP_FILE, MW_MSGPACK_FILE, MW_POOL_FILE, MW_HTTP_FILE,
                        MW_ROUTING_FILE, MW_BALANCER_FILE},
          .yaml =
              "node: { id: n1, cluster: test }\nplugins:\n"
              "  tcp: { use: transport.tcp, listen: \"0.0.0.0:7400\" }\n"
              "  codec: { use: transport.msgpack }\n"
              "  pool: { use: transport.pool }\n"
              "  balance: { use: loadbalance.round_robin }\n"
              "  routing: { use: routing }\n"
              "  http: { use: http, listen: \"0.0.0.0:7480\", open: [/firewall] }\n"
              "  firewall: { use: security.firewall, exempt: [], " +
              firewall + " }\n"};
}

using crowd = std::vector<std::unique_ptr<test_peer>>;
crowd visitors(test_node& node, std::size_t count, std::uint16_t port = 7400) {
  crowd all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(std::make_unique<test_peer>(node, endpoint{.host = "127.0.0.1", .port = port}));
  return all;
}
std::size_t ended(const crowd& all) {
  std::size_t count = 0;
  for (const auto& one : all) count += one->ended() ? 1 : 0;
  return count;
}
double refused(test_node& node, std::string_view why) {
  return node.metric("mw_security_firewall_refused_total", {{"reason", why}});
}
double memory(test_node& node) {
  return node.metric("mw_security_firewall_memory_bytes");
}

}  // namespace

TEST_CASE("attack: half-open connections beyond the total push out the oldest") {
  test_node node(stack("unproved: { total: 8, per_address: 100, deadline: 60s }"));
  const crowd all = visitors(node, 20);
  node.run_for(1s);
  CHECK(node.metric("mw_security_firewall_unproved") <= 8);
  CHECK(refused(node, "unproved_total") == 12);
  CHECK(ended(all) == 12);
}

TEST_CASE("attack: slowloris and drip end at the deadline, by the pool's or the firewall's clock") {
  test_node node(stack("unproved: { deadline: 2s }"));
  const crowd mesh = visitors(node, 5);
  const crowd web = visitors(node, 5, 7480);
  for (const auto& one : web) one->say("GET /firewall HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ");
  for (int i = 0; i < 30; ++i) {
    if (i % 10 == 0)  // never a whole length field
      for (const auto& one : mesh) one->say(std::string_view("\0", 1));
    for (const auto& one : web) one->say("a");
    node.run_for(100ms);
  }
  CHECK(ended(mesh) == 5);
  CHECK(ended(web) == 5);
  CHECK(refused(node, "unproved_deadline") == 10);
  CHECK(node.metric("mw_security_firewall_connections") == 0);
}

TEST_CASE("attack: nonsense is an offence, and enough of it a cool-down") {
  test_node node(stack("cool_down: { threshold: 1 }"));
  test_peer one(node, {.host = "127.0.0.1", .port = 7400});
  one.say("GET / HTTP/1.1\r\n\r\n");
  CHECK(one.wait_for_end());
  CHECK(node.metric("mw_security_firewall_offences_total", {{"what", "handshake_failed"}}) == 1);
  CHECK(node.metric("mw_security_firewall_cool_downs_total") == 1);
  CHECK(node.call("/firewall").body.find("\"why\":\"offences\"") != std::string::npos);
}

TEST_CASE("attack: strangers reserve nothing, whatever they announce") {
  test_node node(stack("rates: []"));
  const crowd all = visitors(node, 10);
  // Lengths of 4 GiB, of the most that is allowed, of nothing; floods of empty frames.
  const std::vector<std::string> words{std::string("\xff\xff\xff\xff", 4),
                                       std::string("\0\0\x0f\xff\0\0", 6), std::string(4, '\0'),
                                       std::string(100'000, '\0'), std::string(100'000, '\xff')};
  for (std::size_t i = 0; i < all.size(); ++i) all[i]->say(words[i % words.size()]);
  for (int i = 0; i < 100; ++i) {
    node.run_for(10ms);
    CHECK(memory(node) == 0);
  }
  node.run_for(10s);
  CHECK(ended(all) == 10);
}

TEST_CASE("attack: the web server asks, too") {
  test_node node(stack("rates: [{ connections: 1/s, burst: 1 }], default: deny"));
  const crowd web = visitors(node, 3, 7480);
  node.run_for(1s);
  CHECK(ended(web) == 3);
  CHECK(refused(node, "not_listed") == 3);
}

TEST_CASE("attack: an answered request is proof enough for the web server") {
  test_node node(stack("unproved: { deadline: 2s }"));
  test_peer one(node, {.host = "127.0.0.1", .port = 7480});
  one.say("GET /firewall HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
  CHECK(one.wait_for("200 OK"));
  node.run_for(3s);
  CHECK_FALSE(one.ended());
  CHECK(node.metric("mw_security_firewall_peers") == 1);
}

TEST_CASE("attack: discovery that points to where nobody may go leads nowhere") {
  test_setup setup = stack("deny: [10.9.9.0/24]");
  setup.libraries.push_back(MW_STATIC_FILE);
  setup.yaml += "  seeds: { use: discovery.static, peers: [\"10.9.9.9:7400\"] }\n";
  test_node node(setup);
  node.run_for(5s);
  CHECK(refused(node, "denied_list") >= 1);
  CHECK(node.metric("mw_transport_dial_failures_total", {{"reason", "denied"}}) >= 1);
  CHECK(node.metric("mw_security_firewall_connections_total", {{"how", "dialled"}}) == 0);
}

}  // namespace mw

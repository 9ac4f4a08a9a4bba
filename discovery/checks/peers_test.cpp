// peers_test: each peer of a channel is checked, and routing listens to all who speak about it.
// SPDX-License-Identifier: Apache-2.0
#include "peers_seen.h"

#include <mw/events.h>
#include <mw/failure_detector.h>
#include <mw/health_checks.h>
#include <mw/testing.h>

namespace {

using namespace std::chrono_literals;

std::string library(const std::string& type) {
  return std::string(MW_PLUGINS) + "/" + type + ".so";
}

// Pools a (node n1) and b (node n2) in one node; what a sees is checked, and watched by phi.
mw::test_setup pair(const std::string& check, const std::string& more = {}) {
  std::string yaml =
      "node: { id: n0, cluster: test }\nplugins:\n  codec: { use: transport.msgpack }\n"
      "  seeds: { use: discovery.static, peers: [127.0.0.1:7401, 127.0.0.1:7402] }\n"
      "  target: { use: check_target, listen: \"127.0.0.1:8080\" }\n";
  for (const std::string i : {"1", "2"})
    yaml += "  tcp" + i + ": { use: transport.tcp, listen: \"127.0.0.1:740" + i +
            "\" }\n"
            "  pool" +
            i + ": { use: transport.pool, id: n" + i + ", transport: tcp" + i +
            ", keep_alive: 1s }\n"
            "  routing" +
            i + ": { use: routing, channel: pool" + i + " }\n";
  yaml +=
      "  phi: { use: discovery.phi, channel: pool1, beat: 1s }\n"
      "  subject:\n    use: discovery.checks\n    channel: pool1\n" +
      more + "    checks:\n      - " + check + "\n";
  return {
      .libraries = {MW_PLUGIN_FILE, MW_TEST_PLUGINS "/check_target.so", library("transport.tcp"),
                    library("transport.msgpack"), library("transport.pool"),
                    library("discovery.static"), library("discovery.phi"), library("routing")},
      .yaml = yaml};
}

double score(mw::test_node& node, const std::string& subject) {
  return node.contract<mw::health_checks>()->score_of(subject).value_or(-1);
}

}  // namespace

TEST_CASE("checks of peers: where a look goes") {
  using mw::checks::endpoint_of;
  CHECK(*endpoint_of("10.0.0.1:7400", 0) == mw::endpoint{"10.0.0.1", 7400, false});
  CHECK(*endpoint_of("[::1]:7400", 80) == mw::endpoint{"::1", 80, false});
  CHECK(endpoint_of("unix:/run/x.sock", 0)->local);
  CHECK(endpoint_of("unix:/run/x.sock", 80).error().kind() == mw::errc::invalid);
  CHECK(endpoint_of("nonsense", 0).error().kind() == mw::errc::invalid);
}

TEST_CASE("checks of peers: each is looked at where it is known, or at another port") {
  mw::test_node node(
      pair("{ name: link, kind: tcp, of: peers, interval: 1s, timeout: 500ms }\n"
           "      - { name: page, kind: http, of: peers, port: 8080, interval: 1s, "
           "timeout: 500ms }"));
  REQUIRE_MESSAGE(node.ready(), node.failed());
  node.run_for(10s);
  CHECK(score(node, "n2") == 1);
  const auto all = node.contract<mw::health_checks>()->checks();
  REQUIRE(all.size() == 2);
  CHECK(all[0].subject == "n2");
  (void)node.call("/target/target?mode=bad", "{}");
  node.run_for(10s);
  CHECK(score(node, "n2") == 0.5);
  CHECK(node.stop());
  CHECK(node.metric("mw_plugin_leaks_total") <= 0);
}

TEST_CASE("checks of peers: their outcome is evidence for a failure detector") {
  mw::test_node node(
      pair("{ name: page, kind: http, of: peers, port: 8080, interval: 1s, timeout: "
           "500ms, evidence: true }"));
  const auto phi = [&] { return *node.contract<mw::failure_detector>("phi")->health_of("n2"); };
  node.run_for(10s);
  CHECK(phi().level == mw::suspicion::none);
  (void)node.call("/target/target?mode=bad", "{}");
  node.run_for(10s);
  // It is heard all the time: that is better evidence, so phi does not follow. Both opinions stand.
  CHECK(phi().level == mw::suspicion::none);
  CHECK(score(node, "n2") == 0);
  std::string by;
  for (const auto& one : node.received<mw::health_changed>()) by += one.by + " ";
  CHECK(by.find("subject") != std::string::npos);
  CHECK(by.find("phi") == std::string::npos);
}

TEST_CASE("checks of peers: targets beyond the bound are counted") {
  mw::test_node node(
      pair("{ name: a, kind: tcp, of: peers }\n"
           "      - { name: b, kind: tcp, of: peers }",
           "    targets: 1\n"));
  node.run_for(10s);
  CHECK(node.contract<mw::health_checks>()->checks().size() == 1);
  CHECK(node.metric("mw_discovery_checks_crowded_total") > 0);
}

TEST_CASE("checks of peers: without anybody who knows peers the stanza says what is missing") {
  mw::test_node node(mw::setup_for(MW_PLUGIN_FILE, "checks: [{ name: a, kind: tcp, of: peers }]"));
  CHECK(!node.ready());
  CHECK(node.failed().find("transport.pool") != std::string::npos);
}

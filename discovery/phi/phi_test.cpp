// phi_test: the detector over real pools: what it sees, what it tells, and who listens.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/failure_detector_conformance.h>
#include <mw/services.h>
#include <mw/testing.h>

namespace {

using namespace std::chrono_literals;

std::string library(const std::string& type) {
  return std::string(MW_PLUGINS) + "/" + type + ".so";
}

// Pools a (node n1) and b (node n2) in one node; the detector watches what a sees.
mw::test_setup pair(const std::string& options = "beat: 1s") {
  std::string yaml =
      "node: { id: n0, cluster: test }\nplugins:\n  codec: { use: transport.msgpack }\n"
      "  seeds: { use: discovery.static, peers: [127.0.0.1:7401, 127.0.0.1:7402] }\n";
  for (const std::string i : {"1", "2"})
    yaml += "  tcp" + i + ": { use: transport.tcp, listen: \"127.0.0.1:740" + i +
            "\" }\n"
            "  pool" +
            i + ": { use: transport.pool, id: n" + i + ", transport: tcp" + i +
            ", keep_alive: 1s }\n"
            "  routing" +
            i + ": { use: routing, channel: pool" + i + " }\n";
  yaml += "  subject: { use: discovery.phi, channel: pool1" +
          (options.empty() ? "" : ", " + options) + " }\n";
  return {.libraries = {MW_PLUGIN_FILE, library("transport.tcp"), library("transport.msgpack"),
                        library("transport.pool"), library("discovery.static"), library("routing")},
          .yaml = yaml};
}

mw::suspicion level(mw::test_node& node) {
  const auto health = node.contract<mw::failure_detector>()->health_of("n2");
  REQUIRE(health);
  return health->level;
}

double count(mw::test_node& node, const std::string& what) {
  return node.metric("mw_discovery_phi_" + what + "_total");
}

}  // namespace

TEST_CASE("phi: an idle peer that answers pings is well, for an hour") {
  mw::test_node node(pair());
  REQUIRE_MESSAGE(node.ready(), node.failed());
  node.run_for(1h);
  CHECK(level(node) == mw::suspicion::none);
  CHECK(node.received<mw::health_changed>().empty());
  CHECK(node.metric("mw_discovery_phi_peers", {{"level", "none"}}) == 1);
  const auto page = node.call("/health/subject");
  CHECK(page.status == 200);
  CHECK(page.body.find(R"({"id":"n2","level":"none","phi":)") != std::string::npos);
  CHECK(node.stop());
}

TEST_CASE("phi: what others say over the bus is an opinion; its own words are not") {
  mw::test_node node(pair());
  node.run_for(10s);
  node.publish(mw::peer_suspect{.id = "n2", .level = 1, .reason = "no ack"});
  node.publish(mw::peer_down{.id = "n2", .address = "", .reason = "no ack"});
  node.publish(mw::peer_up{.id = "n9", .address = "127.0.0.1:1", .zone = ""});
  node.run_for(10s);
  CHECK(level(node) == mw::suspicion::none);  // it is heard: that is better evidence
  node.in_turn([&] {
    CHECK(node.contract<mw::failure_detector>()->observe(
        {"n2", mw::evidence_kind::exited, "the test"}));
  });
  node.run_for(10ms);
  const auto told = node.received<mw::peer_suspect>();
  CHECK(told.back().reason == "phi 'subject': its process is gone, says the test");
  CHECK(count(node, "suspicions") == 1);
  // It is heard again: on probation, then well.
  node.run_for(10s);
  CHECK(level(node) == mw::suspicion::none);
  CHECK(count(node, "recoveries") == 1);
  std::vector<double> scores;
  for (const auto& one : node.received<mw::health_changed>()) scores.push_back(one.score);
  CHECK(scores == std::vector<double>{0, 0, 1});
}

TEST_CASE("phi: a beat shorter than the channel's pings shows at once") {
  mw::test_node node(
      pair("beat: 50ms, margin_low: 100ms, margin_high: 200ms, tick: 20ms, stall: "
           "100ms, recovery: 100ms"));
  node.run_for(20s);
  CHECK(count(node, "suspicions") > 0);
  CHECK(count(node, "recoveries") > 0);
}

TEST_CASE("phi: akka's and cassandra's formulas run as well") {
  for (const std::string which : {"akka", "cassandra"}) {
    mw::test_node node(pair("beat: 1s, formula: " + which));
    node.run_for(1min);
    CHECK(level(node) == mw::suspicion::none);
    CHECK(count(node, "suspicions") == 0);
  }
}

TEST_CASE("phi: peers beyond the bound are counted, not watched") {
  mw::test_setup setup = pair("beat: 1s, peers: 1");
  setup.yaml +=
      "  tcp3: { use: transport.tcp, listen: \"127.0.0.1:7403\" }\n"
      "  pool3: { use: transport.pool, id: n3, transport: tcp3, keep_alive: 1s }\n"
      "  routing3: { use: routing, channel: pool3 }\n"
      "  more: { use: discovery.static, peers: [127.0.0.1:7403] }\n";
  mw::test_node node(setup);
  node.run_for(10s);
  CHECK(node.contract<mw::failure_detector>()->all().size() == 1);
  CHECK(count(node, "crowded") > 0);
}

TEST_CASE("phi: the same seed gives the same run") {
  std::string pages[2];
  for (std::string& page : pages) {
    mw::test_node node(pair());
    node.run_for(33s);
    page = node.call("/health/subject").body;
    CHECK(node.stop());
    CHECK(node.metric("mw_plugin_leaks_total") <= 0);
  }
  CHECK(pages[0] == pages[1]);
}

MW_FAILURE_DETECTOR_TESTS(pair())

// registry_test: static lists, files and DNS as one view that errors do not take away.
// SPDX-License-Identifier: Apache-2.0
#include <mw/discovery_conformance.h>
#include <mw/events.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

namespace {

using namespace std::chrono_literals;

std::string library(const std::string& type) {
  return std::string(MW_PLUGINS) + "/" + type + ".so";
}

std::vector<std::string> libraries() {
  return {MW_PLUGIN_FILE, library("discovery.static"), library("discovery.dns"),
          library("discovery.swim")};
}

mw::test_setup with(const std::string& options, const std::string& stanzas) {
  return {.libraries = libraries(),
          .yaml = "node: { id: n1, data_dir: /data }\nplugins:\n" + stanzas +
                  "  subject: { use: discovery.registry, " + options + " }\n"};
}

const std::string list_stanza =
    "  list: { use: discovery.static, members: [{ address: 127.0.0.1:7402, id: n2, zone: b }] }\n";
const std::string file_stanza = "  file: { use: discovery.static, file: peers.txt, reload: 1s }\n";
const std::string ten =
    "10.0.0.1:1\n10.0.0.2:1\n10.0.0.3:1\n10.0.0.4:1\n10.0.0.5:1\n"
    "10.0.0.6:1\n10.0.0.7:1\n10.0.0.8:1\n10.0.0.9:1\n";

std::size_t count_of(mw::test_node& node) {
  return node.contract<mw::discovery>()->peers().size();
}

std::vector<std::string> lost_by_us(const mw::test_node& node) {
  std::vector<std::string> out;
  for (const mw::peer_lost& one : node.received<mw::peer_lost>())
    if (one.source == "subject") out.push_back(one.address);
  return out;
}

double of(mw::test_node& node, const std::string& what, const std::string& source) {
  return node.metric("mw_discovery_registry_source_" + what, {{"source", source}});
}

void write_list(mw::test_node& node, const std::string& text) {
  node.machine().disk().put("/data/peers.txt", text);
  node.run_for(1100ms);
}

}  // namespace

TEST_CASE("registry: sources are merged by node, under its own name") {
  mw::test_node node(with("sources: [list, more]", list_stanza +
                                                       "  more: { use: discovery.static, members: "
                                                       "[{ address: 127.0.0.1:9999, id: n2 }, "
                                                       "{ address: 127.0.0.1:7403, id: n3 }] }\n"));
  const auto peers = node.contract<mw::discovery>()->peers();
  REQUIRE(peers.size() == 2);
  CHECK(peers[0].address == "127.0.0.1:7402");
  CHECK(peers[0].id == "n2");
  CHECK(peers[0].zone == "b");
  CHECK(peers[0].source == "subject");
  CHECK(node.metric("mw_discovery_registry_peers") == 2);
  CHECK(of(node, "peers", "more") == 2);
  const auto page = node.call("/discovery/subject");
  CHECK(page.status == 200);
  CHECK(page.body.find(
            R"("addresses":["127.0.0.1:7402","127.0.0.1:9999"],"sources":["list","more"])") !=
        std::string::npos);
}

TEST_CASE("registry: precedence is the order of `sources`; all addresses when wanted") {
  const std::string two =
      "  a: { use: discovery.static, members: [{ address: 127.0.0.1:1, id: n2 }] }\n"
      "  b: { use: discovery.static, members: [{ address: 127.0.0.1:2, id: n2 }] }\n";
  mw::test_node second(with("sources: [b, a]", two));
  CHECK(second.contract<mw::discovery>()->peers()[0].address == "127.0.0.1:2");
  mw::test_node both(with("sources: [b, a], addresses: all", two));
  CHECK(count_of(both) == 2);
}

TEST_CASE("registry: follows a file, holds a mass removal, and lets go when told") {
  mw::test_node node(with("sources: [list, file], check_every: 0s", list_stanza + file_stanza));
  write_list(node, ten);
  CHECK(count_of(node) == 10);
  write_list(node, ten.substr(11));
  CHECK(lost_by_us(node) == std::vector<std::string>{"10.0.0.1:1"});

  write_list(node, "10.0.0.9:1\n");
  CHECK(count_of(node) == 9);
  CHECK(of(node, "held", "file") == 7);
  CHECK(of(node, "held_total", "file") == 7);
  const auto alerts = node.received<mw::alert_raised>();
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].subject == "file");
  const auto page = node.call("/discovery/subject");
  CHECK(page.body.find(R"("address":"10.0.0.2:1","id":"","because":"mass_removal")") !=
        std::string::npos);

  CHECK(node.call("/discovery/subject/release", "{}").body == R"({"released":7})");
  CHECK(count_of(node) == 2);
  CHECK(node.metric("mw_discovery_registry_released_total") == 7);
  CHECK(node.received<mw::alert_cleared>().size() == 1);
}

TEST_CASE("registry: a held removal is believed when its time is over") {
  mw::test_node node(with("sources: [file], mass_removal: { hold: 20s }", file_stanza));
  write_list(node, ten);
  write_list(node, "\n");
  CHECK(count_of(node) == 9);
  node.run_for(15s);
  CHECK(count_of(node) == 9);
  node.run_for(10s);
  CHECK(count_of(node) == 0);
  CHECK(node.received<mw::alert_cleared>().size() == 1);
}

TEST_CASE("registry: an error of one source neither empties the view nor stops another") {
  mw::test_node node(with("sources: [dns, file], check_every: 5s, patience: 2s",
                          file_stanza +
                              "  dns: { use: discovery.dns, services: [_mw._tcp.x.example], "
                              "servers: [127.0.0.1:53], timeout: 100ms, attempts: 1 }\n"));
  write_list(node, ten);
  node.run_for(10s);
  CHECK(count_of(node) == 9);
  CHECK(of(node, "healthy", "dns") == 0);
  CHECK(of(node, "healthy", "file") == 1);
  CHECK(of(node, "errors_total", "dns") >= 1);
  CHECK(of(node, "last_success_timestamp_seconds", "file") > 0);
  CHECK(of(node, "last_success_timestamp_seconds", "dns") == 0);

  node.machine().disk().put("/data/peers.txt", "nonsense\n");
  node.run_for(1h);
  CHECK(count_of(node) == 9);
  CHECK(of(node, "healthy", "file") == 0);
  const auto page = node.call("/discovery/subject");
  CHECK(page.body.find(R"("source":"file","healthy":false)") != std::string::npos);
  write_list(node, ten.substr(11));
  node.run_for(6s);
  CHECK(of(node, "healthy", "file") == 1);
  CHECK(count_of(node) == 8);
}

TEST_CASE("registry: refresh succeeds when one source does, and fails when none does") {
  mw::test_node node(with("sources: [file], check_every: 0s", file_stanza));
  std::vector<mw::status> heard;
  const auto refresh = [&] {
    node.in_turn([&] {
      node.contract<mw::discovery>()->refresh(
          [&heard](const mw::status& outcome) { heard.push_back(outcome); });
    });
    node.run_for(10ms);
  };
  refresh();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].error().kind() == mw::errc::not_found);
  node.machine().disk().put("/data/peers.txt", ten);
  refresh();
  CHECK(heard[1]);
  CHECK(count_of(node) == 9);
  CHECK(node.metric("mw_discovery_registry_rounds_total") == 2);
}

TEST_CASE("registry: announces where sources do, and says so where none does") {
  mw::test_node none(with("sources: [list]", list_stanza));
  none.in_turn([&] {
    const auto outcome = none.contract<mw::discovery>()->announce({"127.0.0.1:7400", "a"});
    REQUIRE(!outcome);
    CHECK(outcome.error().kind() == mw::errc::unsupported);
  });
}

TEST_CASE("registry: wrong options are named") {
  mw::test_node node(with("sources: [list, list]", list_stanza));
  CHECK(node.failed().find("twice") != std::string::npos);
}

TEST_CASE("registry: a node whose pool and routing know peers from the registry alone") {
  mw::test_setup setup = with("sources: [dns, file], check_every: 5s, patience: 2s",
                              file_stanza +
                                  "  dns: { use: discovery.dns, services: [_mw._tcp.x.example], "
                                  "servers: [127.0.0.1:53], timeout: 100ms, attempts: 1 }\n"
                                  "  tcp: { use: transport.tcp, listen: \"127.0.0.1:0\" }\n"
                                  "  codec: { use: transport.msgpack }\n"
                                  "  pool: { use: transport.pool, discovery: subject }\n"
                                  "  routing: { use: routing }\n");
  setup.yaml +=
      "bus:\n"
      "  - { on: peer.found, from: [dns, file], to: [subject] }\n"
      "  - { on: peer.lost, from: [dns, file], to: [subject] }\n"
      "  - { on: peer.found, from: [subject], to: [pool] }\n"
      "  - { on: peer.lost, from: [subject], to: [pool] }\n";
  for (const std::string name : {"tcp", "msgpack", "pool"})
    setup.libraries.push_back(library("transport." + name));
  setup.libraries.push_back(library("routing"));
  mw::test_node node(setup);
  const auto pooled = [&node] { return node.metric("mw_pool_peers"); };
  write_list(node, ten);
  node.run_for(1s);
  CHECK(pooled() == 9);
  CHECK(node.call("/pool/peers").body.find("10.0.0.9:1") != std::string::npos);
  // DNS fails from the start, then the file is broken: nobody is forgotten.
  node.machine().disk().put("/data/peers.txt", "nonsense\n");
  node.run_for(10min);
  CHECK(of(node, "healthy", "dns") == 0);
  CHECK(of(node, "healthy", "file") == 0);
  CHECK(pooled() == 9);
  // It can be read again and has changed: the pool follows.
  write_list(node, ten.substr(11) + "10.0.0.77:1\n");
  node.run_for(2min);
  CHECK(pooled() == 9);
  const std::string peers = node.call("/pool/peers").body;
  CHECK(peers.find("10.0.0.77:1") != std::string::npos);
  CHECK(peers.find("10.0.0.1:1") == std::string::npos);
  CHECK(node.stop());
}

TEST_CASE("registry: ends while sources have not answered, and leaves nothing behind") {
  mw::test_node node(with("sources: [dns]",
                          "  dns: { use: discovery.dns, services: [_mw._tcp.x.example], "
                          "servers: [127.0.0.1:53] }\n"));
  node.in_turn([&] { node.contract<mw::discovery>()->refresh([](const mw::status&) {}); });
  CHECK_MESSAGE(node.stop(), node.failed());
  CHECK(node.metric("mw_plugin_leaks_total") <= 0);
}

TEST_CASE("registry: the same seed gives the same run") {
  std::string pages[2];
  std::vector<std::string> lost[2];
  for (int run = 0; run < 2; ++run) {
    mw::test_node node(with("sources: [list, file]", list_stanza + file_stanza));
    write_list(node, ten);
    write_list(node, ten.substr(22));
    pages[run] = node.call("/discovery/subject").body;
    lost[run] = lost_by_us(node);
  }
  CHECK(pages[0] == pages[1]);
  CHECK(lost[0] == lost[1]);
  CHECK(lost[0].size() == 2);
}

const mw::test_setup with_swim = with(
    "sources: [list, swim], check_every: 0s",
    list_stanza + "  swim: { use: discovery.swim, bind: \"127.0.0.1:7946\", preset: local }\n");
MW_DISCOVERY_TESTS(with_swim)

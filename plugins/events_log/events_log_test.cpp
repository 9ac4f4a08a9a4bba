// events_log_test: events reach the file, the filter holds, files rotate.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events.h>
#include <mw/testing.h>

namespace mw {
namespace {

TEST_CASE("events_log: events become JSON lines with topic, publisher and fields") {
  test_node node(MW_PLUGIN_FILE, "file: events.jsonl");
  node.publish(peer_up{.id = "a", .address = "127.0.0.1:1", .zone = "z", .incarnation = 3});
  node.run_for(1s);
  const std::string text = node.file("events.jsonl");
  CHECK(text.find(R"("topic":"peer.up/1")") != std::string::npos);
  CHECK(text.find(R"("id":"a","address":"127.0.0.1:1","zone":"z","incarnation":3})") !=
        std::string::npos);
  CHECK(text.ends_with("}\n"));
}

TEST_CASE("events_log: only matching topics and events are written") {
  test_node node(MW_PLUGIN_FILE, "{ file: events.jsonl, topics: peer.up, where: 'zone == \"a\"' }");
  node.publish(peer_up{.id = "p1", .address = "", .zone = "a"});
  node.publish(peer_up{.id = "p2", .address = "", .zone = "b"});
  node.publish(peer_down{.id = "p3", .address = "", .reason = ""});
  node.run_for(1s);
  const std::string text = node.file("events.jsonl");
  CHECK(text.find("p1") != std::string::npos);
  CHECK(text.find("p2") == std::string::npos);
  CHECK(text.find("p3") == std::string::npos);
  CHECK(node.metric("mw_events_log_events_total") == 1);
}

TEST_CASE("events_log: the file is rotated by size and only `keep` old ones stay") {
  test_node node(MW_PLUGIN_FILE, "{ file: e.jsonl, topics: peer.up, rotate_size: 300B, keep: 2 }");
  for (int i = 0; i < 20; ++i) {
    node.publish(peer_up{.id = "peer" + std::to_string(i), .address = "127.0.0.1:7400"});
    node.run_for(100ms);
  }
  CHECK(node.file("e.jsonl").find("peer19") != std::string::npos);
  CHECK(node.file("e.jsonl").size() <= 300);
  CHECK(!node.file("e.jsonl.1").empty());
  CHECK(!node.file("e.jsonl.2").empty());
  CHECK(node.file("e.jsonl.3").empty());
}

}  // namespace
}  // namespace mw

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

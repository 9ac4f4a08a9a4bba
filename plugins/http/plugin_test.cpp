// plugin_test: the plug-in in a node, on a simulated network that cuts bytes where it likes.
// SPDX-License-Identifier: Apache-2.0
#include <mw/test_peer.h>
#include <mw/testing.h>

#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

const mw::endpoint here{"127.0.0.1", 7480};
const std::string get_index = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("http: the index of a node is served, connection after connection") {
  mw::test_node node(MW_PLUGIN_FILE, "auth: off");
  for (int i = 0; i < 3; ++i) {
    mw::test_peer peer(node, here);
    peer.say(get_index);
    CHECK(peer.wait_for("{\"endpoints\":["));
    peer.say("GET /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    CHECK(peer.wait_for("404 Not Found"));
    CHECK(peer.wait_for_end());
  }
  CHECK(node.metric("mw_http_connections_total") == 3);
  CHECK(node.metric("mw_http_requests_total", {{"code", "2xx"}}) == 3);
  CHECK(node.metric("mw_http_requests_total", {{"code", "4xx"}}) == 3);
  node.run_for(5s);
  CHECK(node.metric("mw_http_connections") == 0);
  CHECK(node.stop());
}

TEST_CASE("http: a long pipeline over a network of odd cuts loses nothing") {
  mw::test_node node(MW_PLUGIN_FILE, "auth: off");
  mw::test_peer peer(node, here);
  std::string all;
  for (int i = 0; i < 300; ++i) all += get_index;
  peer.say(all + "GET /last HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(peer.wait_for("404 Not Found"));
  CHECK(node.metric("mw_http_requests_total", {{"code", "2xx"}}) == 300);
}

TEST_CASE("http: slow headers, garbage and hangers do not disturb others") {
  mw::test_node node(MW_PLUGIN_FILE, "{ auth: off, connections: 8, feeds: 0 }");
  std::vector<std::unique_ptr<mw::test_peer>> crowd;
  for (int i = 0; i < 20; ++i) {
    crowd.push_back(std::make_unique<mw::test_peer>(node, here));
    crowd.back()->say(i % 2 == 0 ? "GET / HTTP/1.1\r\nX" : "");
  }
  node.run_for(100ms);
  mw::test_peer garbage(node, here);
  garbage.say("\x16\x03\x01\x02");
  CHECK(garbage.wait_for("400 Bad Request"));
  CHECK(garbage.wait_for_end());
  mw::test_peer honest(node, here);
  honest.say(get_index);
  CHECK(honest.wait_for("200 OK", 1s));
  node.run_for(10s);
  CHECK(node.metric("mw_http_connections") == 1);
  CHECK(node.metric("mw_http_evicted_total") > 0);
  CHECK(node.metric("mw_http_refused_total", {{"reason", "header_deadline"}}) > 0);
}

TEST_CASE("http: a reader that hangs is cut off and the node stops in time") {
  mw::test_node node(MW_PLUGIN_FILE, "{ auth: off, write_deadline: 2s }");
  mw::test_peer hanger(node, here);
  hanger.stop_reading();
  std::string all;
  for (int i = 0; i < 3000; ++i) all += get_index;
  hanger.say(all);
  CHECK(node.run_until(
      [&] {
        return node.metric("mw_http_refused_total", {{"reason", "slow_reader"}}) == 1;
      },
      30s));
  CHECK(node.metric("mw_http_connections") == 0);
  CHECK(node.stop(5s));
}

TEST_CASE("http: what is wrong with the stanza is said with its name") {
  mw::test_node unknown(MW_PLUGIN_FILE, "lisen: 127.0.0.1:1");
  CHECK(has(unknown.failed(), "listen"));
  mw::test_node feeds(MW_PLUGIN_FILE, "{ connections: 5, feeds: 6 }");
  CHECK(has(feeds.failed(), "must not be above connections"));
  mw::test_node zero(MW_PLUGIN_FILE, "header_deadline: 1ms");
  CHECK(has(zero.failed(), "header_deadline"));
}

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE)

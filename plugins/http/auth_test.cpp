// auth_test: the plug-in in a node: its token, its doors, its audit events, and what it never says.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events_admin.h>
#include <mw/events_security.h>
#include <mw/test_peer.h>
#include <mw/testing.h>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

const mw::endpoint here{"127.0.0.1", 7480};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

mw::test_setup with_plugins(const std::string& http_options, const std::string& more,
                            std::vector<std::string> libraries) {
  libraries.insert(libraries.begin(), MW_PLUGIN_FILE);
  return {std::move(libraries), "node: { id: n1 }\nplugins:\n  subject: { use: http" +
                                    (http_options.empty() ? "" : ", " + http_options) + " }\n" +
                                    more};
}

// One request on a connection of its own; the whole answer.
std::string ask(mw::test_node& node, std::string_view line, std::string_view fields = "",
                std::string_view body = "") {
  mw::test_peer peer(node, here);
  std::string bytes = std::string(line) +
                      " HTTP/1.1\r\nHost: localhost:7480\r\nConnection: close\r\n" +
                      std::string(fields);
  if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  peer.say(bytes + "\r\n" + std::string(body));
  CHECK(peer.wait_for_end());
  return peer.heard();
}
int status_of(const std::string& answer) {
  return answer.size() < 12 ? 0 : std::stoi(answer.substr(9, 3));
}
std::string token_of(const mw::test_node& node) {
  std::string text = node.file("admin.token");
  REQUIRE(text.size() == 65);
  text.pop_back();
  return text;
}
std::string bearer(std::string_view token) {
  return "Authorization: Bearer " + std::string(token) + "\r\n";
}
double refused(const mw::test_node& node, std::string_view reason) {
  return node.metric("mw_http_refused_total", {{"reason", reason}});
}

}  // namespace

TEST_CASE("auth: on by default, even on loopback, with a token in the data directory") {
  mw::test_node node(MW_PLUGIN_FILE);
  CHECK(node.file("admin.address") == "http://127.0.0.1:7480\n");
  const std::string token = token_of(node);
  const std::string out = ask(node, "GET /");
  CHECK(status_of(out) == 401);
  CHECK(has(out, "WWW-Authenticate: Bearer realm=\"meshwright\"\r\n"));
  CHECK(has(out, "mw token"));
  CHECK_MESSAGE(status_of(ask(node, "GET /nowhere")) == 401, "nobody learns which paths exist");
  CHECK(status_of(ask(node, "OPTIONS *")) == 401);
  CHECK(status_of(ask(node, "GET /", bearer(token))) == 200);
  CHECK(status_of(ask(node, "GET /nowhere", bearer(token))) == 404);
  for (const std::string& wrong : {token.substr(0, 63), token + "0", std::string(64, '0')})
    CHECK(status_of(ask(node, "GET /", bearer(wrong))) == 401);
  CHECK(refused(node, "identity") == 3);
  CHECK(refused(node, "token") == 3);
  const auto knocks = node.received<mw::admin_refused>();
  REQUIRE(knocks.size() == 3);
  CHECK(knocks[2].number == 3);
  CHECK(knocks[2].reason == "token");
  CHECK(knocks[2].resource == "/");
  CHECK(node.metric("mw_http_watched_addresses") == 1);
  CHECK(node.stop());
  CHECK_MESSAGE(node.file("admin.token").empty(), "the token ends with the node");
}

TEST_CASE("auth: each start draws another token") {
  mw::test_setup first = mw::setup_for(MW_PLUGIN_FILE);
  mw::test_setup second = first;
  second.seed = 2;
  CHECK(token_of(mw::test_node(first)) != token_of(mw::test_node(second)));
}

TEST_CASE("auth: a token file that cannot be written fails the start with a sentence") {
  mw::test_node node(MW_PLUGIN_FILE, "token_file: /nowhere/at/all.token", mw::test_start::not_yet);
  node.run_for(5s);
  CHECK_FALSE(node.ready());
  CHECK(has(node.failed(), "the token of the admin pages cannot be kept"));
  CHECK(has(node.failed(), "/nowhere/at/all.token.new"));
}

TEST_CASE("auth: probes are open, but tell strangers less") {
  mw::test_node node(with_plugins("", "  probes: { use: probes }\n", {MW_PROBES_FILE}));
  CHECK(status_of(ask(node, "GET /livez")) == 200);
  const std::string plain = ask(node, "GET /readyz?verbose");
  CHECK(status_of(plain) == 200);
  CHECK_FALSE(has(plain, "subject"));
  CHECK(has(ask(node, "GET /readyz?verbose", bearer(token_of(node))), "subject"));
  CHECK(status_of(ask(node, "GET /status")) == 401);
  CHECK(status_of(ask(node, "GET /livez/../status")) == 400);
  CHECK(status_of(ask(node, "GET /livez%2f..%2fstatus")) == 400);
  CHECK(status_of(ask(node, "GET //status")) == 400);
  CHECK(status_of(ask(node, "GET /livez;/status")) == 401);
}

TEST_CASE("auth: hostile pages are refused before anybody asks for their proof") {
  mw::test_node node(MW_PLUGIN_FILE);
  const std::string token = token_of(node);
  const auto raw = [&](const std::string& text) {
    mw::test_peer peer(node, here);
    peer.say(text);
    CHECK(peer.wait_for("\r\n\r\n"));
    return status_of(peer.heard());
  };
  const std::string rest = bearer(token) + "Connection: close\r\n\r\n";
  CHECK(raw("GET / HTTP/1.1\r\nHost: rebinding.example:7480\r\n" + rest) == 421);
  CHECK(raw("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\n" + rest) == 403);
  CHECK(raw("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nUpgrade: websocket"
            "\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
            bearer(token) + "\r\n") == 403);
  // Preflights are never granted.
  mw::test_peer preflight(node, here);
  preflight.say(
      "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nAccess-Control-Request-Method: POST\r\n"
      "Access-Control-Request-Headers: authorization\r\nConnection: close\r\n\r\n");
  CHECK(preflight.wait_for_end());
  CHECK_FALSE(has(preflight.heard(), "Access-Control-Allow"));
  // Two lengths, or a length and chunks: refused before any proof is looked at.
  CHECK(raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked"
            "\r\n" +
            rest + "0\r\n\r\n") == 400);
  CHECK(raw("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n" +
            rest + "abc") == 400);
}

TEST_CASE("auth: mtls: the transport's identity asks, and the policy answers") {
  mw::test_node node(with_plugins(
      "auth: mtls, transport: veil",
      "  veil: { use: http.veil, certificate: \"spiffe://mesh/ops/alice\", denied: [/] }\n",
      {MW_VEIL_FILE}));
  CHECK(node.file("admin.address") == "https://127.0.0.1:7480\n");
  CHECK_MESSAGE(node.file("admin.token").empty(), "nobody needs one");
  const std::string out = ask(node, "GET /");
  CHECK(status_of(out) == 403);
  CHECK(has(out, "subject-1"));
  const auto denials = node.received<mw::access_denied>();
  REQUIRE(denials.size() == 1);
  CHECK(denials[0].reference == "subject-1");
  CHECK(denials[0].identity == "spiffe://mesh/ops/alice");
  CHECK(denials[0].verb == "read");
  CHECK(denials[0].rule == 3);
  CHECK(refused(node, "policy") == 1);

  mw::test_peer listener(node, here);
  listener.say("GET /veil/feed HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK(listener.wait_for("text/event-stream"));
  CHECK_MESSAGE(status_of(ask(node, "POST /veil/close")) == 403, "a page could have sent that");
  const std::string done = ask(node, "POST /veil/close", "X-Meshwright: 1\r\n");
  CHECK(status_of(done) == 200);
  CHECK(has(done, "spiffe://mesh/ops/alice"));
  const auto actions = node.received<mw::admin_acted>();
  REQUIRE(actions.size() == 1);
  CHECK(actions[0].identity == "spiffe://mesh/ops/alice");
  CHECK(actions[0].resource == "/veil/close");
  CHECK(actions[0].status == 200);
  CHECK_MESSAGE(listener.wait_for_end(5s), "rights that are gone end what they let in");
  CHECK(status_of(ask(node, "POST /veil/close", "X-Meshwright: 1\r\n")) == 403);
}

TEST_CASE("auth: mtls: without a certificate nobody comes in") {
  mw::test_node node(
      with_plugins("auth: mtls, transport: veil", "  veil: { use: http.veil }\n", {MW_VEIL_FILE}));
  const std::string out = ask(node, "GET /");
  CHECK(status_of(out) == 401);
  CHECK(has(out, "client certificate"));
}

TEST_CASE("auth: a transport is used only where it is named") {
  mw::test_node node(with_plugins("", "  veil: { use: http.veil }\n", {MW_VEIL_FILE}));
  CHECK(node.file("admin.address") == "http://127.0.0.1:7480\n");
}

TEST_CASE("auth: knocking is limited, counted and told; the node's own token still opens") {
  mw::test_node node(MW_PLUGIN_FILE, "{ failures_max: 4, cool_down: 20s }");
  const std::string token = token_of(node);
  for (int i = 0; i < 4; ++i) CHECK(status_of(ask(node, "GET /", bearer("guess"))) == 401);
  const std::string out = ask(node, "GET /", bearer("guess"));
  CHECK(status_of(out) == 429);
  CHECK(has(out, "Retry-After: 20\r\n"));
  CHECK(has(out, "Connection: close\r\n"));
  CHECK(status_of(ask(node, "GET /", bearer(token))) == 200);
  CHECK(refused(node, "cooling") == 1);
  const auto knocks = node.received<mw::admin_refused>();
  REQUIRE(knocks.size() == 4);
  CHECK(knocks[3].cooling);
  node.run_for(20s);
  CHECK(status_of(ask(node, "GET /", bearer("guess"))) == 401);
}

TEST_CASE("auth: a flood of slow and wrong callers leaves others alone") {
  mw::test_node node(MW_PLUGIN_FILE, "{ connections: 16, feeds: 0 }");
  const std::string token = token_of(node);
  std::vector<std::unique_ptr<mw::test_peer>> crowd;
  for (int i = 0; i < 40; ++i) {
    crowd.push_back(std::make_unique<mw::test_peer>(node, here));
    crowd.back()->say("GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " +
                      std::string(static_cast<std::size_t>(i), 'x'));
  }
  node.run_for(100ms);
  CHECK(status_of(ask(node, "GET /", bearer(token))) == 200);
  node.run_for(10s);
  CHECK(node.metric("mw_http_connections") <= 1);
}

TEST_CASE("auth: no token shows in logs, pages, errors, events or metrics") {
  mw::test_node node(with_plugins("", "  metrics: { use: metrics }\n  probes: { use: probes }\n",
                                  {MW_METRICS_FILE, MW_PROBES_FILE}));
  const std::string token = token_of(node);
  const std::string canary = "canary-token-that-nobody-may-see";
  std::string all;
  for (const std::string& shown : {token, canary}) {
    for (const char* line : {"GET /", "GET /metrics", "GET /status", "GET /readyz?verbose",
                             "POST /metrics", "GET /nowhere", "GET /%zz"}) {
      all += ask(node, line, bearer(shown));
      all += ask(node, line, "Authorization: Token " + shown + "\r\n");
    }
  }
  for (const std::string& line : node.log()) all += line;
  for (const auto& event : node.received<mw::admin_refused>())
    all += event.reason + event.remote + event.resource;
  CHECK(all.size() > 1000);
  CHECK_FALSE(has(all, token));
  CHECK_FALSE(has(all, canary));
}

TEST_CASE("auth: what must not be combined is refused with its reason") {
  const auto why = [](const std::string& options) {
    return mw::test_node(MW_PLUGIN_FILE, options).failed();
  };
  CHECK(has(why("{ auth: off, listen: \"0.0.0.0:7480\" }"), "must not be off where others"));
  CHECK(why("{ auth: off, listen: \"127.0.0.1:7480\" }").empty());
  CHECK(has(why("auth: mtls"), "needs a `transport`"));
  CHECK(has(why("identities: { \"spiffe://a/b\": act }"), "need auth: mtls"));
  CHECK(has(why("open: [\"/*\"]"), "must not open everything"));
  CHECK(has(why("open: [livez]"), "absolute paths"));
}

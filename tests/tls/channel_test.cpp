// channel_test: the pool over encrypted links: its promises, rotation under traffic, impostors.
// SPDX-License-Identifier: Apache-2.0
#include "tls_node.h"

#include <mw/channel_conformance.h>
#include <mw/channel_probe.h>
#include <mw/events.h>

namespace mw::tls {

namespace {

using kind = message_kind;

struct people {
  std::string near = "near";  // whom the certificates name
  std::string far = "far";
  std::size_t sets = 1;
};

// Two pools, each with credentials of its own; near dials far.
test_setup near_and_far(const people& who = {}) {
  const auto sets = [&who](const std::string& name) {
    return std::vector<key_set>(who.sets, key_set::of(name));
  };
  std::string yaml =
      "node: { id: n0, cluster: test }\nplugins:\n  codec: { use: transport.msgpack }\n";
  yaml += "  names: { use: test.names }\n";
  yaml += keys_stanza("near_keys", sets(who.near)) + keys_stanza("far_keys", sets(who.far));
  yaml += R"(
  near_tcp: { use: transport.tcp, listen: "127.0.0.1:7401" }
  far_tcp: { use: transport.tcp, listen: "127.0.0.1:7402" }
  near_tls: { use: transport.tls, over: near_tcp, credentials: near_keys }
  far_tls: { use: transport.tls, over: far_tcp, credentials: far_keys }
  near: { use: transport.pool, id: near, transport: near_tls, codec: codec }
  far: { use: transport.pool, id: far, transport: far_tls, codec: codec }
)";
  std::vector<std::string> libraries = tls_libraries();
  libraries.insert(libraries.begin(), MW_POOL_FILE);
  libraries.push_back(MW_MSGPACK_FILE);
  return {.libraries = libraries, .yaml = yaml};
}

struct scene {
  explicit scene(const people& who = {}) : node(near_and_far(who)) {
    REQUIRE_MESSAGE(node.ready(), node.failed());
    node.in_turn([this] {
      near = std::make_unique<channel_probe>(*node.contract<channel>("near"));
      far = std::make_unique<channel_probe>(*node.contract<channel>("far"));
      near->out.attach(*near);
      far->out.attach(*far);
    });
    node.publish(peer_found{.id = "", .address = "127.0.0.1:7402", .zone = "", .source = "test"});
  }
  test_node node;
  std::unique_ptr<channel_probe> near;
  std::unique_ptr<channel_probe> far;
};

}  // namespace

TEST_CASE("no request fails while certificates are replaced again and again, on either side") {
  scene s({.sets = 2});
  REQUIRE(s.node.run_until([&] { return s.near->up("far") && s.far->up("near"); }));
  s.far->each_message = [&](const arrival& m) {
    if (m.head.kind == kind::request)
      CHECK(s.far->reply(m.on, {.kind = kind::reply, .id = m.head.id}, "answer").ok());
  };
  std::uint64_t asked = 0;
  for (int round = 0; round < 40; ++round) {
    const char* const whose = round % 2 == 0 ? "/near_keys/next" : "/far_keys/next";
    CHECK(s.node.call(whose, "{}").status == 200);
    for (int burst = 0; burst < 40; ++burst) {
      s.node.in_turn([&] {
        for (int i = 0; i < 5; ++i)
          CHECK(s.near->send("far", {.kind = kind::request, .id = ++asked}, "question").ok());
      });
      s.node.run_for(100ms);
    }
  }
  CHECK(s.node.run_until([&] { return s.near->count(kind::reply) == asked; }));
  CHECK(s.near->count(kind::refusal) == 0);
  CHECK(s.node.metric("mw_tls_handshakes_total",
                      {{"transport", "near_tls"}, {"how", "dialled"}, {"result", "ok"}}) >= 15);
  CHECK(s.node.metric("mw_tls_handshakes_total",
                      {{"transport", "far_tls"}, {"how", "accepted"}, {"result", "ok"}}) >= 15);
  s.node.run_for(5s);
  CHECK(s.node.metric("mw_tls_links", {{"transport", "near_tls"}, {"epoch", "older"}}) == 0);
}

TEST_CASE("a node that says another id than its certificate is an impostor") {
  scene s({.far = "somebody"});
  s.node.run_for(5s);
  CHECK(!s.near->up("far"));
  CHECK(!s.far->up("near"));
  bool told = false;
  for (const alert_raised& one : s.node.received<alert_raised>())
    told = told ||
           (one.name == "identity_conflict" && one.text.find("'somebody'") != std::string::npos);
  CHECK(told);
}

TEST_CASE("a denied node is cut off, and its messages fail instead of waiting for ever") {
  scene s;
  REQUIRE(s.node.run_until([&] { return s.near->up("far"); }));
  CHECK(s.node.call("/names/deny/far", "{}").status == 200);
  CHECK(s.node.run_until([&] { return !s.near->up("far"); }, 5s));
  s.node.run_for(30s);
  CHECK(!s.near->up("far"));
}

TEST_CASE("the pool trusts TLS with the bytes: frames have no checksum of their own") {
  scene s;
  REQUIRE(s.node.run_until([&] { return s.near->up("far"); }));
  CHECK(s.near->peer("far")->identity == "spiffe://mesh.test/node/far");
}

}  // namespace mw::tls

MW_CHANNEL_TESTS({mw::tls::near_and_far(), "127.0.0.1:7402"})

// sealer_test: the plug-in in a node: real certificates, pages, rotation, options.
// SPDX-License-Identifier: Apache-2.0
#include <mw/events_node.h>
#include <mw/sealer.h>
#include <mw/testing.h>
#include <mw/toolkit/hash.h>

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

mw::test_setup node_with(const std::string& options = {}, const std::string& papers = {}) {
  return {.libraries = {MW_PLUGIN_FILE, MW_PAPERS_FILE},
          .yaml =
              "node: { id: n1, cluster: test }\n"
              "plugins:\n"
              "  papers: { use: papers" +
              (papers.empty() ? "" : ", " + papers) +
              " }\n"
              "  subject: { use: security.sealer" +
              (options.empty() ? "" : ", " + options) + " }\n"};
}

// Carries between two nodes in two worlds; both begin at the same wall time.
struct wire final : mw::sealer_carrier {
  std::vector<std::pair<std::string, std::vector<std::byte>>> said;
  void carry(std::string_view node, mw::bytes_view message) override {
    said.emplace_back(std::string(node), std::vector(message.begin(), message.end()));
  }
};

struct end {
  mw::test_node node;
  mw::sealer* sealer;
  wire out;

  explicit end(const std::string& id, const std::string& options = {},
               const std::string& papers = {})
      : node([&] {
          mw::test_setup setup = node_with(options, papers);
          setup.yaml.replace(setup.yaml.find("n1"), 2, id);
          setup.seed = mw::hash_text(id);
          return setup;
        }()),
        sealer(node.contract<mw::sealer>()) {
    REQUIRE_MESSAGE(node.failed().empty(), node.failed());
    node.in_turn([&] { sealer->attach(&out); });
  }
  ~end() {
    node.in_turn([&] { sealer->attach(nullptr); });
  }
};

void carry(end& a, const char* name_a, end& b, const char* name_b) {
  for (int round = 0; round < 20; ++round) {
    for (auto& [from, name, to] : {std::tuple(&a, name_a, &b), std::tuple(&b, name_b, &a)}) {
      auto said = std::exchange(from->out.said, {});
      for (const auto& [whom, message] : said)
        to->node.in_turn([&, t = to, n = name] { t->sealer->receive(n, message); });
    }
    a.node.run_for(std::chrono::milliseconds(10));
    b.node.run_for(std::chrono::milliseconds(10));
  }
}

std::string pass(end& from, const char* name_from, end& to, const char* name_to,
                 bool sign = false) {
  std::string got = "not sealed";
  mw::message_out body, envelope;
  body.append(mw::as_bytes("hello"));
  const mw::seal_context context{name_from, name_to, "orders.put", {}, sign};
  bool sealed = false;
  from.node.in_turn([&] { sealed = from.sealer->seal(context, body, envelope).ok(); });
  if (!sealed) return got;
  to.node.in_turn([&] {
    const auto opened = to.sealer->open(context, envelope.written());
    got = opened ? std::string(mw::as_text(opened->body)) + " from " + std::string(opened->identity)
                 : opened.error().text();
  });
  return got;
}

void meet(end& a, end& b) {
  a.node.in_turn([&] { a.sealer->meet("n2", 1); });
  b.node.in_turn([&] { b.sealer->meet("n1", 1); });
  carry(a, "n1", b, "n2");
}

}  // namespace

TEST_CASE("sealer: two nodes with certificates of one authority agree, rotate and show it") {
  end a("n1"), b("n2", "cipher: chacha20-poly1305");
  meet(a, b);
  CHECK(pass(a, "n1", b, "n2") == "hello from spiffe://test/node/n1");
  CHECK(pass(b, "n2", a, "n1", true) == "hello from spiffe://test/node/n2");
  CHECK(a.node.metric("mw_sealer_sealed_total") == 1);
  CHECK(a.node.metric("mw_sealer_opened_total") == 1);
  CHECK(a.node.metric("mw_sealer_peers_agreed") == 1);
  CHECK(a.node.metric("mw_sealer_epoch") == 1);
  const std::string page = a.node.call("/sealer").body;
  CHECK(page.find(R"("epoch":1)") != std::string::npos);
  CHECK(page.find(R"("node":"n2","agreed":true)") != std::string::npos);
  CHECK(page.find(R"("identity":"spiffe://test/node/n2")") != std::string::npos);
  CHECK(a.node.call("/sealer/rotate").status == 202);
  a.node.run_for(std::chrono::seconds(2));
  carry(a, "n1", b, "n2");
  CHECK(a.node.metric("mw_sealer_epoch") == 2);
  CHECK(a.node.metric("mw_sealer_rotations_total") == 1);
  CHECK(pass(a, "n1", b, "n2") == "hello from spiffe://test/node/n1");
}

TEST_CASE("sealer: a new certificate brings a new key") {
  end a("n1"), b("n2");
  meet(a, b);
  CHECK(a.node.call("/papers/renew").status == 200);
  a.node.run_for(std::chrono::seconds(2));
  carry(a, "n1", b, "n2");
  CHECK(a.node.metric("mw_sealer_epoch") == 2);
  CHECK(pass(a, "n1", b, "n2") == "hello from spiffe://test/node/n1");
}

TEST_CASE("sealer: a revoked identity is cut off at once") {
  end a("n1"), b("n2");
  meet(a, b);
  REQUIRE(pass(b, "n2", a, "n1") == "hello from spiffe://test/node/n2");
  CHECK(a.node.call("/papers/revoke?node=n2").status == 200);
  CHECK(pass(b, "n2", a, "n1").find("could not be opened") != std::string::npos);
  CHECK(pass(a, "n1", b, "n2") == "not sealed");
  CHECK(a.node.metric("mw_sealer_refused_total", {{"reason", "retired_key"}}) == 1);
}

TEST_CASE("sealer: keys of another authority are refused") {
  end a("n1"), b("n2", {}, "authority: other");
  meet(a, b);
  CHECK(pass(a, "n1", b, "n2") == "not sealed");
  CHECK(a.node.metric("mw_sealer_refused_total", {{"reason", "key_untrusted"}}) > 0);
  CHECK(b.node.metric("mw_sealer_refused_total", {{"reason", "key_untrusted"}}) > 0);
}

TEST_CASE("sealer: keys of a certificate that may not sign are refused") {
  end a("n1"), b("n2", {}, "may_sign: false");
  meet(a, b);
  CHECK(a.node.metric("mw_sealer_refused_total", {{"reason", "key_untrusted"}}) > 0);
  CHECK(pass(a, "n1", b, "n2") == "not sealed");
}

TEST_CASE("sealer: a node with the certificate of another does not start") {
  mw::test_node node(node_with({}, "node: n7"));
  CHECK(node.failed().find("the certificate is for the node n7, this node is n1") !=
        std::string::npos);
}

TEST_CASE("sealer: forgeries raise an alert") {
  end a("n1"), b("n2", "forgeries_max: 3");
  meet(a, b);
  const mw::seal_context context{"n1", "n2", "s", {}, false};
  for (int i = 0; i < 3; ++i) {
    mw::message_out body, envelope;
    body.append(mw::as_bytes("hello"));
    a.node.in_turn([&] { CHECK(a.sealer->seal(context, body, envelope)); });
    envelope.written()[0] ^= std::byte{1};
    b.node.in_turn([&] { CHECK(!b.sealer->open(context, envelope.written())); });
  }
  const auto alerts = b.node.received<mw::alert_raised>();
  REQUIRE(alerts.size() == 1);
  CHECK(alerts[0].name == "sealer.forgeries");
  CHECK(alerts[0].subject == "n1");
}

TEST_CASE("sealer: options are checked") {
  for (const char* bad : {"rotate_every: 25h", "rotate_records: 8388609", "window: 1000",
                          "grace: 20s, rotate_every: 10s", "cipher: aes-128-gcm", "peers_max: 0",
                          "rotate_bytes: 1KiB", "age_max: 0s"}) {
    mw::test_setup setup = node_with(bad);
    setup.start = mw::test_start::not_yet;
    mw::test_node node(setup);
    CHECK_MESSAGE(!node.failed().empty(), bad);
  }
}

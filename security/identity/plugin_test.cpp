// plugin_test: certificates through identify(); deny lists that come, go bad, are played back.
// SPDX-License-Identifier: Apache-2.0
#include "common/denylist/denylist.h"
#include "common/x509/pem.h"
#include "common/x509/test_certs.h"

#include <mw/authn.h>
#include <mw/events.h>
#include <mw/events_security.h>
#include <mw/sim_disk.h>
#include <mw/testing.h>

#include <set>

namespace mw::identity {
namespace {

test_setup with(const std::string& options, test_start start = test_start::wait_until_ready) {
  return {.libraries = {MW_PLUGIN_FILE},
          .yaml =
              "node: { id: n1, data_dir: /data }\nplugins:\n  subject: { use: "
              "security.identity, " +
              options + " }\n",
          .start = start};
}

constexpr wall_time start_of_time{1'767'225'600s};  // of simulated nodes

// The bytes that a peer shows first, also when they are no certificate.
std::string shown(const std::string& pem) {
  const auto blocks = x509::read_blocks(pem);
  return blocks.ok() && !blocks.value.empty() ? blocks.value.front().der : pem;
}

result<peer_identity> ask(test_node& node, const std::string& pem, peer_side side) {
  result<peer_identity> got = failure(errc::internal, "not asked");
  node.in_turn([&] {
    const std::string der = shown(pem);
    got = node.contract<authn>()->identify(as_bytes(der), side);
  });
  return got;
}

std::string signed_list(std::uint64_t number, const std::vector<denylist::entry>& entries,
                        const std::string& key) {
  denylist::list list{.number = number, .issued = {1'000'000s}};
  for (const denylist::entry& e : entries) REQUIRE(denylist::add(list, e));
  REQUIRE(denylist::sign(list, key));
  return denylist::print(list);
}

}  // namespace

TEST_CASE("identity: good certificates; bad ones by code, counted and told") {
  test_node node(with("trust_domains: [mesh.test]"));
  const x509::test_pki pki(start_of_time);
  const auto who = ask(node, pki.node("n7").certificates, peer_side::client);
  REQUIRE(who.ok());
  CHECK(who->node == "n7");
  CHECK(who->uri == "spiffe://mesh.test/node/n7");
  CHECK(node.metric("mw_identity_accepted_total") == 1);
  std::size_t refused = 0;
  for (const x509::bad_certificate& bad : pki.all_bad()) {
    if (bad.leaf == x509::refusal::none || bad.certificates.empty()) continue;
    CAPTURE(bad.name);
    const auto got = ask(node, bad.certificates,
                         bad.side == x509::purpose::client ? peer_side::client : peer_side::server);
    REQUIRE(!got.ok());
    CHECK(got.error().kind() == errc::denied);
    CHECK(got.error().text().starts_with(x509::code_of(bad.leaf)));
    ++refused;
  }
  CHECK(refused >= 40);
  const auto told = node.received<identity_refused>();
  REQUIRE(told.size() == refused);
  CHECK(told.back().number == refused);
  CHECK(node.metric("mw_identity_refused_total", {{"code", "AUTH008"}}) == 3);
  CHECK(node.call("/identity").body.find(R"("AUTH008":3)") != std::string::npos);
}

TEST_CASE("identity: an expired one is refused, and no longer holds") {
  test_node node(with("trust_domains: [mesh.test]"));
  const x509::test_pki pki(start_of_time);
  const std::string pem = pki.node("n7").certificates;
  const auto who = ask(node, pem, peer_side::client);
  REQUIRE(who.ok());
  node.in_turn([&] { CHECK(node.contract<authn>()->still_good(*who).ok()); });
  node.run_for(25h);
  node.in_turn([&] {
    CHECK(node.contract<authn>()->still_good(*who).error().text().starts_with("AUTH030"));
  });
  CHECK(ask(node, pem, peer_side::client).error().text().starts_with("AUTH030"));
}

TEST_CASE("identity: a deny list counts within its reload time, for those that were accepted too") {
  test_node node(
      with("trust_domains: [mesh.test], deny_list: denied.txt, deny_list_signers: "
           "signers.pem, reload: 1s"));
  const x509::test_pki pki(start_of_time);
  const std::string pem = pki.node("n7").certificates;
  // Nobody before the list has been read: it may name them.
  CHECK(ask(node, pem, peer_side::client).error().text().find("no deny list") != std::string::npos);
  auto& disk = node.machine().disk();
  disk.put("/data/signers.pem", pki.root.certificate);
  disk.put("/data/denied.txt", signed_list(1, {}, pki.root.key));
  node.run_for(3s);
  CHECK(node.metric("mw_identity_deny_list_number") == 1);
  const auto who = ask(node, pem, peer_side::client);
  REQUIRE(who.ok());
  int told = 0;
  std::unique_ptr<authn_watch> watch;
  node.in_turn([&] { watch = node.contract<authn>()->watch([&] { ++told; }); });
  const auto holds = [&] {
    bool yes = false;
    node.in_turn([&] { yes = node.contract<authn>()->still_good(*who).ok(); });
    return yes;
  };
  CHECK(holds());
  for (const denylist::entry& e :
       {denylist::entry{denylist::entry_kind::id, who->uri, "left"},
        denylist::entry{denylist::entry_kind::serial, who->serial, "lost"},
        denylist::entry{denylist::entry_kind::key, who->fingerprint, "stolen"}}) {
    const auto number = static_cast<std::uint64_t>(2 + 2 * told);
    disk.put("/data/denied.txt", signed_list(number, {e}, pki.root.key));
    node.run_for(1100ms);
    CHECK_FALSE(holds());
    const auto again = ask(node, pem, peer_side::client);
    CHECK(again.error().text().starts_with("AUTH029"));
    CHECK(again.error().text().find(e.reason) != std::string::npos);
    disk.put("/data/denied.txt", signed_list(number + 1, {}, pki.root.key));
    node.run_for(1100ms);
    CHECK(holds());
  }
  CHECK(told == 6);
  CHECK(node.metric("mw_identity_deny_list_number") > 1);

  // Signed by a stranger, an old one played back, another of the same number, no list at all.
  const std::uint64_t now = 7;
  const denylist::entry mine{denylist::entry_kind::id, who->uri, ""};
  disk.put("/data/denied.txt", signed_list(now + 20, {}, pki.root.key));
  node.run_for(1100ms);
  told = 0;
  for (const std::string& bad :
       {signed_list(99, {mine}, pki.stranger.key), signed_list(now, {mine}, pki.root.key),
        signed_list(now + 20, {mine}, pki.root.key), std::string("mw-deny-list 2\n"),
        std::string()}) {
    const double before = node.metric("mw_identity_deny_list_failures_total");
    disk.put("/data/denied.txt", bad);
    node.run_for(1100ms);
    CHECK(node.metric("mw_identity_deny_list_failures_total") > before);
    CHECK(holds());
  }
  CHECK(told == 0);
  CHECK(node.received<alert_raised>().size() >= 5);
  node.in_turn([&] { watch.reset(); });
  disk.put("/data/denied.txt", signed_list(now + 21, {mine}, pki.root.key));
  node.run_for(1100ms);
  CHECK_FALSE(holds());
  CHECK(told == 0);
  CHECK(node.received<alert_cleared>().size() >= 1);
}

TEST_CASE("identity: wrong options are named") {
  const auto failed = [](const std::string& options) {
    test_node node(with(options));
    return node.failed();
  };
  CHECK(failed("trust_domains: [Mesh.test]").find("lower-case") != std::string::npos);
  CHECK(failed("trust_domains: [m], node_ids: [node]").find("/node/{id}") != std::string::npos);
  CHECK(failed("trust_domains: []").find("say which are accepted") != std::string::npos);
  CHECK(failed("trust_domains: [m], deny_list: x").find("deny_list_signers") != std::string::npos);
}

}  // namespace mw::identity

MW_CONFORMANCE_TESTS(MW_PLUGIN_FILE, "trust_domains: [mesh.test]")

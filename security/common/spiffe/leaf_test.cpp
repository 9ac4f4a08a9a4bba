// leaf_test: every bad certificate whose leaf breaks a rule is refused with the code of that rule.
// SPDX-License-Identifier: Apache-2.0
#include "common/spiffe/leaf.h"

#include "common/x509/pem.h"
#include "common/x509/test_certs.h"

#include <doctest/doctest.h>

#include <set>

namespace mw::spiffe {
namespace {

constexpr wall_time now{std::chrono::seconds(1'800'000'000)};

// The bytes that a peer shows first, also when they are no certificate.
std::string shown(const std::string& pem) {
  const auto blocks = x509::read_blocks(pem);
  return blocks.ok() && !blocks.value.empty() ? blocks.value.front().der : pem;
}

leaf_rules usual() {
  return {{"mesh.test"}, {parse_node_pattern("/node/{id}").value()}};
}

}  // namespace

TEST_CASE("leaf: good certificates become identities") {
  const x509::test_pki pki(now);
  for (const x509::good_certificate& good : pki.all_good()) {
    CAPTURE(good.name);
    const std::string der = shown(good.certificates);
    for (const peer_side side : {peer_side::client, peer_side::server}) {
      const auto who = judge_leaf(as_bytes(der), side, usual());
      CHECK_MESSAGE(who.ok(), x509::to_string(who.wrong));
      CHECK(who.value.uri == "spiffe://mesh.test/node/" + who.value.node);
      CHECK(who.value.domain == "mesh.test");
      CHECK(who.value.fingerprint.size() == 64);
      CHECK(!who.value.serial.empty());
      CHECK(who.value.not_after > now);
    }
  }
}

TEST_CASE("leaf: at least 40 bad ones, each with its own code") {
  const x509::test_pki pki(now);
  std::size_t judged = 0;
  std::set<x509::refusal> met;
  for (const x509::bad_certificate& bad : pki.all_bad()) {
    if (bad.leaf == x509::refusal::none || bad.certificates.empty()) continue;
    CAPTURE(bad.name);
    const peer_side side =
        bad.side == x509::purpose::client ? peer_side::client : peer_side::server;
    const std::string der = shown(bad.certificates);
    const auto who = judge_leaf(as_bytes(der), side, usual());
    CHECK(x509::code_of(who.wrong.why) == x509::code_of(bad.leaf));
    CHECK(who.value.uri.empty());
    met.insert(bad.leaf);
    ++judged;
  }
  CHECK(judged >= 40);
  CHECK(met.size() >= 25);
  MESSAGE(judged << " bad certificates, " << met.size() << " rules");
}

TEST_CASE("leaf: bytes that are no certificate") {
  const x509::test_pki pki(now);
  const std::string der = shown(pki.node("n1").certificates);
  const auto code = [](const std::string& bytes) {
    return judge_leaf(as_bytes(bytes), peer_side::client, usual()).wrong.why;
  };
  using enum x509::refusal;
  CHECK(code(der) == none);
  CHECK(code("") == leaf_malformed);
  CHECK(code(der + "x") == leaf_malformed);
  CHECK(code(std::string(leaf_size_max + 1, '0')) == leaf_malformed);
  CHECK(code("\x30\x84\xff\xff\xff\xff") == leaf_malformed);  // claims 4 GiB
  for (std::size_t size = 0; size < der.size(); ++size)
    CHECK(code(der.substr(0, size)) == leaf_malformed);
}

TEST_CASE("leaf: a usage for one side does for that side only") {
  const x509::test_pki pki(now);
  auto recipe = pki.leaf("spiffe://mesh.test/node/n1");
  recipe.extended_usages = {"clientAuth"};
  const std::string der = shown(pki.issue(recipe).certificates);
  CHECK(judge_leaf(as_bytes(der), peer_side::client, usual()).ok());
  CHECK(judge_leaf(as_bytes(der), peer_side::server, usual()).wrong.why ==
        x509::refusal::leaf_wrong_usage);
}

TEST_CASE("leaf: how a node id follows from the path") {
  leaf_rules rules{
      {"a", "b"},
      {parse_node_pattern("/ns/*/node/{id}").value(), parse_node_pattern("/{id}").value()}};
  CHECK(judge_name("spiffe://a/ns/prod/node/n1", rules).value.node == "n1");
  CHECK(judge_name("spiffe://b/n2", rules).value.node == "n2");
  CHECK(judge_name("spiffe://c/n2", rules).wrong.why == x509::refusal::domain_foreign);
  CHECK(judge_name("spiffe://a/ns/node/n1", rules).wrong.why == x509::refusal::path_not_a_node);
  CHECK(judge_name("spiffe://a/" + std::string(129, 'n'), rules).wrong.why ==
        x509::refusal::node_name_bad);
  for (const char* bad : {"", "node/{id}", "/node", "/{id}/{id}", "/no de/{id}", "/../{id}",
                          "/n{id}", "/node//{id}", "/**/{id}"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_node_pattern(bad).ok());
  }
}

}  // namespace mw::spiffe

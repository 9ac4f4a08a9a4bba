// keeper_test: a set that is renewed, spoilt, restored, and grows old.
// SPDX-License-Identifier: Apache-2.0
#include "keeper.h"

#include "common/x509/test_certs.h"
#include "pages.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace {

using mw::creds::candidate;
using mw::creds::keeper;
using mw::creds::look;
namespace x509 = mw::x509;

constexpr mw::wall_time now{std::chrono::hours(24 * 365 * 50)};

const x509::test_pki& pki() {
  static const x509::test_pki one(now);
  return one;
}

candidate set_of(const x509::good_certificate& node) {
  candidate set;
  set.cert = {.name = "n1.pem", .text = node.certificates};
  set.key = {.name = "n1.key", .text = node.key};
  set.ca = {.name = "ca.pem", .text = pki().root.certificate};
  return set;
}

std::vector<std::string> names_of(const std::vector<mw::creds::alarm>& alarms) {
  std::vector<std::string> names;
  for (const auto& one : alarms) names.push_back((one.text.empty() ? "-" : "+") + one.name);
  return names;
}
using names = std::vector<std::string>;

}  // namespace

TEST_CASE("keeper: the first set, the same again, and a second one") {
  keeper one({});
  const candidate first = set_of(pki().node("n1"));
  CHECK(one.current() == nullptr);
  CHECK(one.step(first, now) == look::adopted);
  REQUIRE(one.current() != nullptr);
  CHECK(one.current()->epoch == 1);
  CHECK(one.take_outputs().replaced);
  CHECK(one.step(first, now) == look::unchanged);
  CHECK(!one.take_outputs().replaced);
  const auto held = one.current();
  CHECK(one.step(set_of(pki().node("n1")), now) == look::adopted);  // another serial number
  CHECK(one.current()->epoch == 2);
  CHECK(held->epoch == 1);  // who holds the old one keeps it
}

TEST_CASE("keeper: a bad set changes nothing, is told once, and is over when a good one comes") {
  keeper one({});
  const candidate good = set_of(pki().node("n1"));
  REQUIRE(one.step(good, now) == look::adopted);
  (void)one.take_outputs();
  candidate bad = good;
  bad.key.text = pki().root.key;
  CHECK(one.step(bad, now) == look::refused);
  auto out = one.take_outputs();
  CHECK(out.refused.size() == 1);
  CHECK(names_of(out.alarms) == names{"+credentials.refused"});
  CHECK(out.alarms.front().text.find("CRED007") != std::string::npos);
  CHECK(one.current()->epoch == 1);
  CHECK(one.step(bad, now) == look::refused);  // the same again is no news
  out = one.take_outputs();
  CHECK(out.refused.empty());
  CHECK(out.alarms.empty());
  bad.cert.text.resize(100);  // another mistake is
  CHECK(one.step(bad, now) == look::refused);
  out = one.take_outputs();
  CHECK(out.refused.front().why == x509::refusal::pem_damaged);
  CHECK(names_of(out.alarms) == names{"+credentials.refused"});
  CHECK(one.step(good, now) == look::unchanged);  // somebody put the old files back
  CHECK(names_of(one.take_outputs().alarms) == names{"-credentials.refused"});
  CHECK(one.step(bad, now) == look::refused);
  CHECK(one.step(set_of(pki().node("n1")), now) == look::adopted);
  CHECK(names_of(one.take_outputs().alarms) ==
        names{"+credentials.refused", "-credentials.refused"});
  CHECK(one.problems().empty());
}

TEST_CASE("keeper: somebody else's certificate is refused while this one's is in force") {
  keeper one({});
  REQUIRE(one.step(set_of(pki().node("n1")), now) == look::adopted);
  CHECK(one.step(set_of(pki().node("n2")), now) == look::refused);
  CHECK(one.problems().front().why == x509::refusal::identity_changed);
  CHECK(one.current()->identity == "spiffe://mesh.test/node/n1");
}

TEST_CASE("keeper: alarms of age come at the last quarter, at the end, and go with a new set") {
  keeper one({});
  auto recipe = pki().leaf("spiffe://mesh.test/node/n1");
  recipe.not_before = now;
  recipe.not_after = {now.since_epoch + std::chrono::hours(8)};
  REQUIRE(one.step(set_of(pki().issue(recipe)), now) == look::adopted);
  CHECK(one.take_outputs().alarms.empty());
  one.tick({now.since_epoch + std::chrono::hours(6)});
  CHECK(one.take_outputs().alarms.empty());
  one.tick({now.since_epoch + std::chrono::hours(6) + std::chrono::seconds(1)});
  auto out = one.take_outputs();
  REQUIRE(names_of(out.alarms) == names{"+credentials.expires_soon"});
  CHECK(out.alarms.front().subject.starts_with("leaf CN=n1 "));
  one.tick({now.since_epoch + std::chrono::hours(7)});
  CHECK(one.take_outputs().alarms.empty());
  one.tick({now.since_epoch + std::chrono::hours(8)});
  CHECK(names_of(one.take_outputs().alarms) ==
        names{"-credentials.expires_soon", "+credentials.expired"});
  CHECK(one.step(set_of(pki().node("n1")), {now.since_epoch + std::chrono::hours(8)}) ==
        look::adopted);
  CHECK(names_of(one.take_outputs().alarms) == names{"-credentials.expired"});
}

TEST_CASE("keeper: expires_soon by a fixed time, for authorities and lists, too") {
  keeper one({.expires_soon = std::chrono::hours(25)});
  candidate set = set_of(pki().node("n1"));
  set.crl = {.name = "crl.pem", .text = pki().lists({})};
  REQUIRE(one.step(std::move(set), now) == look::adopted);
  const auto out = one.take_outputs();
  std::vector<std::string> subjects;
  for (const auto& alarm : out.alarms) {
    CHECK(alarm.name == "credentials.expires_soon");
    subjects.push_back(alarm.subject.substr(0, alarm.subject.find(' ')));
  }
  std::sort(subjects.begin(), subjects.end());
  CHECK(subjects == names{"authority", "intermediate", "leaf", "list", "list"});
  CHECK(one.earliest_end("list") == pki().until);
  CHECK(!one.earliest_end("nothing"));
}

TEST_CASE("keeper: an authority is changed in three steps, and each is a set of its own") {
  const std::string key = x509::made(x509::make_key_text(x509::key_kind::p256));
  const std::string next = x509::made(make_self_signed(
      x509::certificate_recipe::authority_named("new root", pki().from, pki().until), key));
  keeper one({});
  const auto old_leaf = pki().node("n1");
  candidate set = set_of(old_leaf);
  REQUIRE(one.step(set, now) == look::adopted);
  set = set_of(old_leaf);
  set.ca.text = next + pki().root.certificate;
  CHECK(one.step(set, now) == look::adopted);
  const x509::issuer_text by{next, key};
  const std::string new_leaf =
      x509::made(make_certificate(pki().leaf("spiffe://mesh.test/node/n1"), pki().key, by));
  candidate reissued = set_of({"", new_leaf, pki().key});
  CHECK(one.step(reissued, now) == look::refused);  // before both are trusted
  reissued = set_of({"", new_leaf, pki().key});
  reissued.ca.text = next + pki().root.certificate;
  CHECK(one.step(reissued, now) == look::adopted);
  reissued = set_of({"", new_leaf, pki().key});
  reissued.ca.text = next;
  CHECK(one.step(reissued, now) == look::adopted);
  CHECK(one.current()->epoch == 4);
  candidate back = set_of(old_leaf);
  back.ca.text = next;
  CHECK(one.step(back, now) == look::refused);
}

TEST_CASE("keeper: pages show no key") {
  keeper one({});
  const auto node = pki().node("n1");
  REQUIRE(one.step(set_of(node), now) == look::adopted);
  candidate bad = set_of(node);
  bad.cert.text.resize(100);
  REQUIRE(one.step(bad, now) == look::refused);
  const std::string page = page_of(one, "certs") + reload_answer(one, look::refused);
  CHECK(page.find("\"epoch\":1") != std::string::npos);
  CHECK(page.find("spiffe://mesh.test/node/n1") != std::string::npos);
  CHECK(page.find("CRED004") != std::string::npos);
  CHECK(page.find(node.key.substr(40, 40)) == std::string::npos);
  CHECK(page.find("PRIVATE") == std::string::npos);
}

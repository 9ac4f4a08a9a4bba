// judge_test: good sets, and every way in which a set is bad, with its code.
// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include "common/x509/pem.h"
#include "common/x509/test_certs.h"

#include <doctest/doctest.h>

#include <set>

namespace {

using mw::creds::candidate;
using mw::x509::refusal;
namespace x509 = mw::x509;

constexpr mw::wall_time now{std::chrono::hours(24 * 365 * 50)};
constexpr mw::duration skew = std::chrono::minutes(5);

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
candidate good_set() {
  return set_of(pki().node("n1"));
}

mw::creds::judge_rules rules() {
  return {.skew = skew};
}

std::set<refusal> found_in(const candidate& set, const mw::creds::judge_rules& by = rules(),
                           mw::wall_time when = now) {
  std::set<refusal> found;
  for (const auto& one : judge(set, by, when).problems) found.insert(one.why);
  return found;
}

using only = std::set<refusal>;

}  // namespace

TEST_CASE("judge: all good certificates make good sets") {
  for (const auto& one : pki().all_good()) {
    INFO(one.name);
    const auto found = judge(set_of(one), rules(), now);
    REQUIRE(found.good());
    CHECK(found.set->identity.starts_with("spiffe://mesh.test/node/n"));
    CHECK(found.set->trust == pki().root.certificate);
    CHECK(found.set->chain == one.certificates);
    CHECK(found.set->key.reveal() == one.key);
    CHECK(found.set->revoked.empty());
    CHECK(found.set->not_after == pki().until);
  }
}

TEST_CASE("judge: certificates that peers would refuse by their chain are refused at home, too") {
  std::size_t judged = 0;
  for (const auto& bad : pki().all_bad()) {
    // What shows on one side alone is refused as well: a node is both.
    if (bad.chain == refusal::none || bad.chain == refusal::malformed) continue;
    INFO(bad.name);
    candidate set = set_of({"", bad.certificates, bad.key});
    if (!bad.crl.empty()) set.crl = {.name = "crl.pem", .text = bad.crl};
    CHECK(found_in(set).contains(bad.chain));
    ++judged;
  }
  CHECK(judged >= 30);
}

TEST_CASE("judge: files that are not what they should be") {
  struct bad_text {
    const char* name;
    refusal why;
    mw::function<void(candidate&)> spoil;
  };
  const bad_text table[] = {
      {"no certificate", refusal::no_certificate, [](candidate& c) { c.cert.text = ""; }},
      {"a key for a certificate", refusal::no_certificate,
       [](candidate& c) { c.cert.text = c.key.text; }},
      {"half a certificate", refusal::pem_damaged, [](candidate& c) { c.cert.text.resize(300); }},
      {"nonsense in PEM", refusal::malformed,
       [](candidate& c) { c.cert.text = x509::write_block("CERTIFICATE", "nonsense"); }},
      {"no key", refusal::no_key, [](candidate& c) { c.key.text = ""; }},
      {"half a key", refusal::pem_damaged, [](candidate& c) { c.key.text.resize(90); }},
      {"two keys", refusal::no_key, [](candidate& c) { c.key.text += pki().root.key; }},
      {"another key", refusal::key_does_not_fit, [](candidate& c) { c.key.text = pki().root.key; }},
      {"a key of another kind", refusal::key_does_not_fit,
       [](candidate& c) { c.key.text = x509::made(x509::make_key_text(x509::key_kind::ed25519)); }},
      {"a key that everybody reads", refusal::key_file_open_to_others,
       [](candidate& c) { c.key.readers = mw::file_readers::everybody; }},
      {"a key that its group reads", refusal::key_file_open_to_others,
       [](candidate& c) { c.key.readers = mw::file_readers::group; }},
      {"no authority", refusal::no_trust, [](candidate& c) { c.ca.text = "\n"; }},
      {"half an authority", refusal::pem_damaged, [](candidate& c) { c.ca.text.resize(200); }},
      {"a leaf for an authority", refusal::trust_not_authority,
       [](candidate& c) { c.ca.text += pki().node("n2").certificates; }},
      {"a list that is none", refusal::crl_damaged,
       [](candidate& c) { c.crl = {.name = "crl.pem", .text = c.ca.text}; }},
      {"an empty list", refusal::crl_damaged,
       [](candidate& c) { c.crl = {.name = "crl.pem", .text = ""}; }},
      {"a file that cannot be read", refusal::file_unreadable,
       [](candidate& c) {
         c.ca.unread = {refusal::file_unreadable, {}, "no such file"};
       }},
      {"a huge file", refusal::file_too_large,
       [](candidate& c) { c.cert.text = std::string(x509::file_bytes_max + 1, ' '); }},
  };
  for (const auto& row : table) {
    INFO(row.name);
    candidate set = good_set();
    row.spoil(set);
    CHECK(found_in(set) == only{row.why});
  }
}

TEST_CASE("judge: what several files have wrong is said at once") {
  candidate set = good_set();
  set.cert.text = "";
  set.key.text = "";
  set.ca.text = "";
  CHECK(found_in(set) == only{refusal::no_certificate, refusal::no_key, refusal::no_trust});
  candidate other = good_set();
  other.key.text = pki().root.key;
  other.ca.text = pki().stranger.certificate;
  CHECK(found_in(other) == only{refusal::key_does_not_fit, refusal::unknown_authority});
}

TEST_CASE("judge: a group may read the key when the options say so; everybody never") {
  candidate set = good_set();
  auto lenient = rules();
  lenient.group_may_read = true;
  set.key.readers = mw::file_readers::group;
  CHECK(found_in(set, lenient).empty());
  set.key.readers = mw::file_readers::everybody;
  CHECK(found_in(set, lenient) == only{refusal::key_file_open_to_others});
}

TEST_CASE("judge: times, and a clock that is a little behind") {
  const auto start = pki().from.since_epoch;
  const auto end = pki().until.since_epoch;
  using std::chrono::seconds;
  CHECK(found_in(good_set(), rules(), {start}).empty());
  CHECK(found_in(good_set(), rules(), {start - skew}).empty());
  CHECK(found_in(good_set(), rules(), {start - skew - seconds(1)}) == only{refusal::not_yet_valid});
  CHECK(found_in(good_set(), rules(), {end - seconds(1)}).empty());
  CHECK(found_in(good_set(), rules(), {end + seconds(1)}) == only{refusal::expired});
}

TEST_CASE("judge: the identity stays") {
  auto by = rules();
  by.first = false;
  by.identity = "spiffe://mesh.test/node/n1";
  CHECK(found_in(good_set(), by).empty());
  CHECK(found_in(set_of(pki().node("n2")), by) == only{refusal::identity_changed});
  auto nameless = pki().leaf("");
  nameless.names.clear();
  nameless.subject = "web";
  CHECK(found_in(set_of(pki().issue(nameless)), by) == only{refusal::identity_changed});
  CHECK(found_in(set_of(pki().issue(nameless))).empty());  // as for a page of a web server
}

TEST_CASE("judge: leaves that are no nodes") {
  auto two = pki().leaf("spiffe://mesh.test/node/n1");
  two.names.push_back({x509::name_kind::uri, "spiffe://mesh.test/node/n2"});
  CHECK(found_in(set_of(pki().issue(two))) == only{refusal::leaf_many_uris});
}

TEST_CASE("judge: revocation lists") {
  candidate set = good_set();
  set.crl = {.name = "crl.pem", .text = pki().lists({})};
  CHECK(found_in(set).empty());
  CHECK(!judge(set, rules(), now).set->revoked.empty());
  // An authority that is trusted has to have a list, too: its peers would be refused one by one.
  set.ca.text += pki().stranger.certificate;
  CHECK(found_in(set).empty());  // of the same name: the list of the one counts for both
  const std::string key = x509::made(x509::make_key_text(x509::key_kind::p256));
  set.ca.text += x509::made(make_self_signed(
      x509::certificate_recipe::authority_named("new root", pki().from, pki().until), key));
  CHECK(found_in(set) == only{refusal::crl_missing});
}

TEST_CASE("judge: marks tell sets apart, and the key is overwritten") {
  candidate set = good_set();
  const std::string mark = mark_of(set);
  CHECK(mark == mark_of(set));
  candidate other = set;
  other.key.readers = mw::file_readers::everybody;
  CHECK(mark_of(other) != mark);
  other = set;
  other.cert.text += "\n";
  CHECK(mark_of(other) != mark);
  forget(set);
  CHECK(set.key.text.empty());
}

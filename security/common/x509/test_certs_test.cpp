// test_certs_test: the table of bad certificates is as bad as it says, and for one reason each.
// SPDX-License-Identifier: Apache-2.0
#include "test_certs.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace {

using mw::x509::purpose;
using mw::x509::refusal;

constexpr mw::wall_time now{std::chrono::hours(24 * 365 * 50)};

const mw::x509::test_pki& pki() {
  static const mw::x509::test_pki one(now);
  return one;
}

mw::x509::problem judge(const std::string& shown, const std::string& crl, purpose side,
                        const std::string& trust) {
  const auto certificates = read_certificates(shown, refusal::no_certificate);
  if (!certificates.ok()) return certificates.wrong;
  const auto trusted = read_certificates(trust, refusal::no_trust);
  REQUIRE(trusted.ok());
  mw::x509::crls lists;
  if (!crl.empty()) {
    auto read = mw::x509::read_crls(crl);
    REQUIRE(read.ok());
    lists = std::move(read.value);
  }
  return mw::x509::judge_chain({certificates.value, trusted.value, lists, now, side});
}

}  // namespace

TEST_CASE("test certificates: good ones are good, on both sides, with and without lists") {
  for (const auto& one : pki().all_good()) {
    INFO(one.name);
    CHECK(to_string(judge(one.certificates, "", purpose::both, pki().root.certificate)) ==
          to_string(mw::x509::problem{}));
    CHECK(to_string(judge(one.certificates, pki().lists({}), purpose::both,
                          pki().root.certificate)) == to_string(mw::x509::problem{}));
  }
}

TEST_CASE("test certificates: bad ones are refused with the code of their row") {
  const auto all = pki().all_bad();
  CHECK(all.size() >= 80);
  std::set<std::string> names;
  std::set<refusal> seen;
  for (const auto& one : all) {
    INFO(one.name);
    CHECK(names.insert(one.name).second);
    REQUIRE(one.expected() != refusal::none);
    seen.insert(one.chain);
    seen.insert(one.leaf);
    const auto found = judge(one.certificates, one.crl, one.side, pki().root.certificate);
    INFO(to_string(found));
    CHECK(code_of(found.why) == code_of(one.chain));
  }
  // Each code of chains and leaves has a certificate that shows it, but for these.
  for (const auto& row : mw::x509::all_refusals()) {
    if (row.code.starts_with("CRED")) continue;
    const bool needs_more_than_a_certificate = row.why == refusal::no_certificate ||
                                               row.why == refusal::identity_denied ||
                                               row.why == refusal::identity_expired;
    INFO(row.code);
    CHECK(seen.contains(row.why) != needs_more_than_a_certificate);
  }
}

TEST_CASE("test certificates: old and new authority are trusted together") {
  const auto both = pki().root.certificate + pki().stranger.certificate;
  const mw::x509::issuer_text by{pki().stranger.certificate, pki().stranger.key};
  const auto leaf =
      mw::x509::made(make_certificate(pki().leaf("spiffe://mesh.test/node/n1"), pki().key, by));
  CHECK(judge(leaf, "", purpose::both, both).why == refusal::none);
  CHECK(judge(pki().node("n1").certificates, "", purpose::both, both).why == refusal::none);
  CHECK(judge(leaf, "", purpose::both, pki().root.certificate).why == refusal::unknown_authority);
}

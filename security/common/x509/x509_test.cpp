// x509_test: PEM that is damaged, codes, facts, times.
// SPDX-License-Identifier: Apache-2.0
#include "facts.h"
#include "test_certs.h"

#include <doctest/doctest.h>

#include <set>

namespace {

using mw::x509::refusal;

constexpr mw::wall_time now{std::chrono::hours(24 * 365 * 50)};

const mw::x509::test_pki& pki() {
  static const mw::x509::test_pki one(now);
  return one;
}

refusal read(std::string_view text) {
  return read_certificates(text, refusal::no_certificate).wrong.why;
}

}  // namespace

TEST_CASE("x509: every refusal has its own code and all its texts") {
  std::set<std::string_view> codes;
  for (const auto& row : mw::x509::all_refusals()) {
    CHECK(codes.insert(row.code).second);
    CHECK(!row.says.empty());
    CHECK(!row.remedy.empty());
    CHECK(mw::x509::refusal_of(row.code) == row.why);
    CHECK(&mw::x509::row_of(row.why) == &row);
  }
  CHECK(mw::x509::refusal_of("TLS999") == refusal::none);
  CHECK(mw::x509::code_of(refusal::none).empty());
  CHECK(to_string(mw::x509::problem{refusal::expired, "n1.pem", "yesterday"}) ==
        "TLS004 n1.pem: it has expired (yesterday); make a new certificate");
}

TEST_CASE("x509: a PEM text that was cut anywhere is never taken for a whole one") {
  const std::string whole = pki().node("n1").certificates;  // two certificates
  const auto all = read_certificates(whole, refusal::no_certificate);
  REQUIRE(all.value.size() == 2);
  const auto first_end = whole.find("-----END") + 25;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto cut = read_certificates(whole.substr(0, size), refusal::no_certificate);
    INFO(size);
    // Between the two, a file is a whole one, and right before the last line break, too.
    if (size >= first_end && size <= first_end + 3) continue;
    if (size + 2 >= whole.size()) continue;
    CHECK(!cut.ok());
  }
}

TEST_CASE("x509: PEM that is not as it should be") {
  const std::string good = pki().root.certificate;
  CHECK(read("") == refusal::no_certificate);
  CHECK(read("words\n") == refusal::no_certificate);
  CHECK(read("Subject: root\n" + good + "\nmore words\n") == refusal::none);
  CHECK(read(pki().root.key) == refusal::no_certificate);
  CHECK(read("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n") ==
        refusal::malformed);
  CHECK(read("-----BEGIN CERTIFICATE-----\nA*AA\n-----END CERTIFICATE-----\n") ==
        refusal::pem_damaged);
  CHECK(read("-----BEGIN CERTIFICATE-----\nAAA\n-----END CERTIFICATE-----\n") ==
        refusal::pem_damaged);
  CHECK(read("-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CRL-----\n") ==
        refusal::pem_damaged);
  CHECK(read("-----BEGIN CERT") == refusal::pem_damaged);
  CHECK(read(std::string(mw::x509::file_bytes_max + 1, ' ')) == refusal::file_too_large);
  std::string many;
  for (std::size_t at = 0; at <= mw::x509::blocks_max; ++at)
    many += "-----BEGIN X-----\nAAAA\n-----END X-----\n";
  CHECK(read(many) == refusal::pem_damaged);

  // Bytes behind the certificate inside its block.
  const std::string der = mw::x509::leaf_der(good) + "x";
  CHECK(read(mw::x509::write_block("CERTIFICATE", der)) == refusal::malformed);
}

TEST_CASE("x509: keys") {
  using mw::x509::key_kind;
  for (const key_kind kind : {key_kind::p256, key_kind::p384, key_kind::ed25519, key_kind::rsa}) {
    const std::string text = mw::x509::made(mw::x509::make_key_text(kind));
    const auto key = mw::x509::read_key("words\n" + text);
    REQUIRE(key.ok());
    CHECK(mw::x509::judge_key(*key.value) == refusal::none);
    CHECK(mw::x509::pem_of_private(*key.value) == text);
  }
  CHECK(mw::x509::read_key("").wrong.why == refusal::no_key);
  CHECK(mw::x509::read_key(pki().root.certificate).wrong.why == refusal::no_key);
  CHECK(mw::x509::read_key(pki().root.key + pki().key).wrong.why == refusal::no_key);
  CHECK(mw::x509::read_key(pki().key.substr(0, 100)).wrong.why == refusal::pem_damaged);
  CHECK(mw::x509::read_key("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED "
                           "PRIVATE KEY-----\n")
            .wrong.why == refusal::key_encrypted);
  CHECK(mw::x509::read_key("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
                           "AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n")
            .wrong.why == refusal::key_encrypted);
}

// Other libraries refuse a truth value that is not all ones, and with it the whole certificate.
TEST_CASE("x509: what an authority is allowed is written as DER has it") {
  const std::string der = mw::x509::leaf_der(pki().root.certificate);
  CHECK(der.find(std::string("\x30\x03\x01\x01\xff", 5)) != std::string::npos);
}

TEST_CASE("x509: facts of a certificate") {
  auto recipe = pki().leaf("spiffe://mesh.test/node/n1");
  recipe.serial = "\x0a\x0b";
  recipe.names.push_back({mw::x509::name_kind::dns, "n1.mesh.test"});
  recipe.names.push_back({mw::x509::name_kind::ip, "127.0.0.1"});
  const auto all = read_certificates(pki().issue(recipe).certificates, refusal::no_certificate);
  const auto facts = mw::x509::facts_of(*all.value.front());
  CHECK(facts.subject == "CN=n1");
  CHECK(facts.issuer == "CN=mesh issuer");
  CHECK(facts.serial == "0a0b");
  CHECK(facts.uris == std::vector<std::string>{"spiffe://mesh.test/node/n1"});
  CHECK(facts.names == std::vector<std::string>{"n1.mesh.test", "127.0.0.1"});
  CHECK(facts.not_before == pki().from);
  CHECK(facts.not_after == pki().until);
  CHECK(facts.key == "P-256");
  CHECK(facts.fingerprint.size() == 64);
  CHECK(!facts.authority);
  CHECK(mw::x509::facts_of(*all.value.back()).authority);
}

TEST_CASE("x509: names of others are printed without harm") {
  CHECK(mw::x509::escaped("a\nb\x1b[0m\\", 100) == "a\\x0ab\\x1b[0m\\x5c");
  CHECK(mw::x509::escaped("abcdef", 3) == "abc...");
}

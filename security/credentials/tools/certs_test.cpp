// certs_test: `mw certs` in a world of memory: make, inspect, check, revoke, deny.
// SPDX-License-Identifier: Apache-2.0
#include "certs.h"

#include "common/denylist/denylist.h"
#include "common/x509/facts.h"
#include "common/x509/lists.h"
#include "common/x509/pem.h"
#include "common/x509/test_certs.h"
#include "fake_io.h"

#include <doctest/doctest.h>

namespace {

using mw::creds::fake_io;
namespace x509 = mw::x509;

int run(fake_io& io, std::vector<std::string_view> words) {
  io.out.clear();
  io.err.clear();
  return mw::creds::certs_tools().front().run(words, io);
}

void make_two(fake_io& io) {
  REQUIRE(run(io, {"make", "--dir", "d", "--domain", "mesh.test", "--node", "n1", "--node",
                   "n2"}) == 0);
}

x509::facts facts_of(const fake_io& io, const std::string& path) {
  const auto all = read_certificates(io.files.at(path), x509::refusal::no_certificate);
  REQUIRE(all.ok());
  return x509::facts_of(*all.value.front());
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("certs make: an authority and pairs that stand the check, keys for their owner alone") {
  fake_io io;
  make_two(io);
  CHECK(has(io.out, "made d/ca.key\nmade d/ca.pem\nmade d/n1.key\nmade d/n1.pem\n"));
  CHECK(io.owners_alone == std::set<std::string>{"d/ca.key", "d/n1.key", "d/n2.key"});
  const x509::facts n1 = facts_of(io, "d/n1.pem");
  CHECK(n1.uris == std::vector<std::string>{"spiffe://mesh.test/node/n1"});
  CHECK(n1.not_after.since_epoch - io.clock.since_epoch == std::chrono::hours(24 * 30));
  CHECK(n1.serial != facts_of(io, "d/n2.pem").serial);
  for (const std::string node : {"n1", "n2"}) {
    const std::string cert = "d/" + node + ".pem";
    const std::string key = "d/" + node + ".key";
    CHECK(run(io, {"check", "--cert", cert, "--key", key, "--ca", "d/ca.pem"}) == 0);
    CHECK(has(io.out, "good: spiffe://mesh.test/node/" + node));
  }
  CHECK(!has(io.out, "PRIVATE"));
}

TEST_CASE("certs make: nothing is replaced without --force, the authority never") {
  fake_io io;
  make_two(io);
  const auto before = io.files;
  make_two(io);
  CHECK(io.files == before);
  CHECK(has(io.out, "kept d/ca.pem\nkept d/n1.pem\n"));
  REQUIRE(run(io, {"make", "--dir", "d", "--domain", "mesh.test", "--force", "n1", "n3"}) == 0);
  CHECK(io.files["d/ca.key"] == before.at("d/ca.key"));
  CHECK(io.files["d/n1.key"] != before.at("d/n1.key"));
  CHECK(io.files["d/n2.key"] == before.at("d/n2.key"));
  CHECK(run(io, {"check", "--cert=d/n3.pem", "--key=d/n3.key", "--ca=d/ca.pem"}) == 0);
}

TEST_CASE("certs make: names, kinds of keys and days") {
  fake_io io;
  io.as_json = true;
  REQUIRE(run(io, {"make", "--dir", "d", "--domain", "a.b", "--node", "x", "--key", "ed25519",
                   "--dns", "localhost", "--ip", "127.0.0.1", "--days", "1"}) == 0);
  CHECK(io.out == R"({"made":["d/ca.key","d/ca.pem","d/x.key","d/x.pem"],"kept":[]})"
                  "\n");
  const x509::facts leaf = facts_of(io, "d/x.pem");
  CHECK(leaf.key == "Ed25519");
  CHECK(leaf.names == std::vector<std::string>{"localhost", "127.0.0.1"});
  CHECK(leaf.not_after.since_epoch - io.clock.since_epoch == std::chrono::hours(24));
}

TEST_CASE("certs: wrong calls are exit 2 and say what is wrong") {
  const std::vector<std::pair<std::vector<std::string_view>, std::string_view>> wrong = {
      {{}, "a command was expected"},
      {{"fake"}, "a command was expected"},
      {{"make"}, "--dir is missing"},
      {{"make", "--dir", "d"}, "--domain is missing"},
      {{"make", "--dir"}, "--dir needs a value"},
      {{"make", "--node", "n1", "--node"}, "--node needs a value"},
      {{"make", "--dir="}, "--dir needs a value"},
      {{"make", "--dir", "d", "--dir", "e"}, "--dir is given twice"},
      {{"make", "--dir", "d", "--domain", "Mesh"}, "trust domain such as"},
      {{"make", "--dir", "d", "--domain", "m", "--node", "a/b"}, "node ids"},
      {{"make", "--dir", "d", "--domain", "m", "--node", ".."}, "node ids"},
      {{"make", "--dir", "d", "--domain", "m", "--node", "ca"}, "cannot be called ca"},
      {{"make", "--dir", "d", "--domain", "m", "--key", "dsa"}, "p256, p384"},
      {{"make", "--dir", "d", "--domain", "m", "--days", "0"}, "days from 1"},
      {{"make", "--dir", "d", "--domain", "m", "--days", "x"}, "days from 1"},
      {{"make", "--dir", "d", "--domain", "m", "--force=1"}, "--force takes no value"},
      {{"make", "--frob"}, "no flag --frob"},
      {{"inspect"}, "files to look into"},
      {{"check", "--cert", "c"}, "--key is missing"},
      {{"rotate", "--dir", "d"}, "--node is missing"},
      {{"rotate", "--dir", "d", "--ca", "both"}, "add, use or drop"},
      {{"deny"}, "--dir is missing"},
  };
  for (const auto& [words, part] : wrong) {
    fake_io io;
    CAPTURE(part);
    CHECK(run(io, words) == 2);
    CHECK(has(io.err, part));
    CHECK(has(io.err, "mw certs --help"));
    CHECK(io.files.empty());
  }
}

TEST_CASE("certs: the usage names every command and flag") {
  const std::string_view usage = mw::creds::certs_tools().front().usage;
  for (const std::string_view word :
       {"make",       "inspect",   "check",   "revoke",     "rotate",     "deny",
        "--dir",      "--domain",  "--node",  "--key",      "--dns",      "--ip",
        "--days",     "--ca-days", "--force", "--cert",     "--ca",       "--crl",
        "--identity", "--serial",  "--none",  "--stanza",   "--key-hash", "--id",
        "--reason",   "--remove",  "--file",  "--sign-key", "--verify",   "example:"})
    CHECK(usage.find(word) != std::string_view::npos);
}

TEST_CASE("certs check: each problem with its code and remedy, exit 1") {
  fake_io io;
  make_two(io);
  CHECK(run(io, {"check", "--cert", "d/n1.pem", "--key", "d/n2.key", "--ca", "d/none.pem"}) == 1);
  CHECK(has(io.out, "CRED001 d/none.pem: the file cannot be read"));
  CHECK(run(io, {"check", "--cert", "d/n1.pem", "--key", "d/n2.key", "--ca", "d/ca.pem"}) == 1);
  CHECK(has(io.out, "CRED007 d/n2.key: the key does not belong to the certificate"));
  io.as_json = true;
  io.clock.since_epoch += std::chrono::hours(24 * 31);
  CHECK(run(io, {"check", "--cert", "d/n1.pem", "--key", "d/n1.key", "--ca", "d/ca.pem"}) == 1);
  CHECK(has(io.out, R"("good":false,"problems":[{"code":"TLS004")"));
  io.as_json = false;
  io.clock.since_epoch -= std::chrono::hours(24 * 31);
  CHECK(run(io, {"check", "--cert", "d/n1.pem", "--key", "d/n1.key", "--ca", "d/ca.pem",
                 "--identity", "spiffe://mesh.test/node/n2"}) == 1);
  CHECK(has(io.out, "CRED010"));
}

TEST_CASE("certs check: what peers would refuse is known before") {
  fake_io io;
  make_two(io);
  const std::vector<std::string_view> n1 = {"check",    "--cert", "d/n1.pem", "--key",
                                            "d/n1.key", "--ca",   "d/ca.pem"};
  const auto with = [&](std::initializer_list<std::string_view> more) {
    std::vector<std::string_view> all = n1;
    all.insert(all.end(), more);
    return run(io, all);
  };
  CHECK(with({"--domain", "other.test", "--domain", "mesh.test"}) == 0);
  CHECK(with({"--domain", "other.test"}) == 1);
  CHECK(has(io.out, x509::code_of(x509::refusal::domain_foreign)));
  CHECK(with({"--node-id", "/svc/{id}"}) == 1);
  CHECK(has(io.out, x509::code_of(x509::refusal::path_not_a_node)));
  CHECK(with({"--node-id", "node"}) == 2);
  CHECK(with({"--domain", "other.test", "--web"}) == 0);

  const x509::test_pki pki(io.clock);
  io.files["d/ca.pem"] = pki.root.certificate;
  int bad = 0;
  for (const x509::bad_certificate& one : pki.all_bad()) {
    if (one.side != x509::purpose::both || one.key.empty() || !one.crl.empty()) continue;
    INFO(one.name);
    ++bad;
    io.files["d/n1.pem"] = one.certificates;
    io.files["d/n1.key"] = one.key;
    CHECK(with({"--domain", "mesh.test"}) == 1);
    CHECK_MESSAGE(has(io.out, x509::code_of(one.expected())), io.out);
  }
  CHECK(bad >= 40);
}

TEST_CASE("certs inspect: everything but the key, and names that cannot play tricks") {
  fake_io io;
  make_two(io);
  io.files["d/all.pem"] = io.files["d/n1.pem"] + io.files["d/n1.key"];
  REQUIRE(run(io, {"inspect", "d/all.pem", "d/ca.pem"}) == 0);
  CHECK(has(io.out, "identity spiffe://mesh.test/node/n1"));
  CHECK(has(io.out, "private key, P-256 (not shown)"));
  CHECK(has(io.out, "certificate, an authority"));
  CHECK(!has(io.out, "PRIVATE KEY-----"));
  CHECK(!has(io.out, io.files["d/n1.key"].substr(40, 40)));
  io.as_json = true;
  REQUIRE(run(io, {"inspect", "d/all.pem"}) == 0);
  CHECK(io.out.starts_with(
      R"([{"file":"d/all.pem","parts":[{"what":"certificate","subject":"CN=n1")"));
  CHECK(run(io, {"inspect", "d/none.pem"}) == 1);
  io.files["d/half.pem"] = io.files["d/ca.pem"].substr(0, 100);
  CHECK(run(io, {"inspect", "d/half.pem"}) == 1);
  CHECK(has(io.err, "CRED004 d/half.pem"));
  io.files["d/words"] = "words";
  CHECK(run(io, {"inspect", "d/words"}) == 1);

  io.as_json = false;
  const x509::test_pki pki(io.clock);
  io.files["d/evil.pem"] = pki.issue(pki.leaf("spiffe://mesh.test/node/\x1b[2Jx")).certificates;
  REQUIRE(run(io, {"inspect", "d/evil.pem"}) == 0);
  CHECK(!has(io.out, "\x1b"));
}

TEST_CASE("certs revoke: a list that grows and that check obeys") {
  fake_io io;
  make_two(io);
  CHECK(run(io, {"revoke", "--dir", "d"}) == 2);
  REQUIRE(run(io, {"revoke", "--dir", "d", "--none"}) == 0);
  const std::vector<std::string_view> check = {
      "check", "--cert", "d/n1.pem", "--key", "d/n1.key", "--ca", "d/ca.pem", "--crl", "d/crl.pem"};
  CHECK(run(io, check) == 0);
  REQUIRE(run(io, {"revoke", "--dir", "d", "--node", "n1"}) == 0);
  CHECK(has(io.out, "list 2: 1 added, 1 revoked"));
  CHECK(run(io, check) == 1);
  CHECK(has(io.out, "TLS017"));
  REQUIRE(run(io, {"revoke", "--dir", "d", "--node", "n1", "--serial", "0a0b"}) == 0);
  CHECK(has(io.out, "list 3: 1 added, 2 revoked"));
  REQUIRE(run(io, {"inspect", "d/crl.pem"}) == 0);
  CHECK(has(io.out, "revoked  0a0b"));
  CHECK(run(io, {"revoke", "--dir", "d", "--serial", "xyz"}) == 2);
  CHECK(run(io, {"revoke", "--dir", "d", "--node", "n9"}) == 1);
}

TEST_CASE("certs deny: entries on the list, off it, and who may sign") {
  fake_io io;
  make_two(io);
  REQUIRE(run(io, {"deny", "--dir", "d", "--id", "spiffe://mesh.test/node/n1", "--cert", "d/n2.pem",
                   "--reason", "left", "--days", "7"}) == 0);
  CHECK(has(io.out, "list 1 with 2 entries"));
  CHECK(run(io, {"deny", "--dir", "d", "--verify"}) == 0);
  const auto list = mw::denylist::parse(io.files["d/deny.txt"]);
  REQUIRE(list);
  CHECK(find(*list, "", facts_of(io, "d/n2.pem").fingerprint, "") != nullptr);
  REQUIRE(run(io, {"deny", "--dir", "d", "--remove", "--id", "spiffe://mesh.test/node/n1"}) == 0);
  CHECK(has(io.out, "list 2 with 1 entries"));
  CHECK(run(io, {"deny", "--dir", "d", "--remove", "--serial", "0a"}) == 1);
  CHECK(run(io, {"deny", "--dir", "d", "--serial", "XY"}) == 2);
  REQUIRE(run(io, {"deny", "--dir", "d", "--sign-key", "d/n1.key"}) == 0);  // not an authority
  CHECK(run(io, {"deny", "--dir", "d", "--verify"}) == 1);
  CHECK(has(io.err, "may not sign"));
  REQUIRE(run(io, {"deny", "--dir", "d", "--days", "1"}) == 0);
  io.clock.since_epoch += std::chrono::hours(25);
  CHECK(run(io, {"deny", "--dir", "d", "--verify"}) == 1);
  CHECK(has(io.err, "expired"));
  REQUIRE(run(io, {"inspect", "d/deny.txt"}) == 0);
  CHECK(has(io.out, "deny list 4"));
}

TEST_CASE("certs: an authority whose files do not fit issues nothing") {
  fake_io io;
  make_two(io);
  io.files["d/ca.key"] = io.files["d/n1.key"];
  CHECK(run(io, {"make", "--dir", "d", "--domain", "mesh.test", "--node", "n3"}) == 1);
  CHECK(has(io.err, "belongs to no certificate"));
  CHECK(!io.files.contains("d/n3.key"));
  io.files.erase("d/ca.key");
  CHECK(run(io, {"make", "--dir", "d", "--domain", "mesh.test", "--node", "n3"}) == 1);
}

TEST_CASE("certs: a full disk is told") {
  fake_io io;
  io.fails_at = "d/n1.pem";
  CHECK(run(io, {"make", "--dir", "d", "--domain", "mesh.test", "--node", "n1"}) == 1);
  CHECK(has(io.err, "no space left"));
}

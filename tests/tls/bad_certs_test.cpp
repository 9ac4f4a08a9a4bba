// bad_certs_test: every bad certificate, at both ends, refused with its code on both sides.
// SPDX-License-Identifier: Apache-2.0
#include "two_ends.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace mw::tls {

namespace {

// Every signature there is. With it a side can show, or look at, a key that no good one has.
constexpr const char* any_signature =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA-PSS+SHA256";

// Speaks all that OpenSSL knows. TLS 1.3 has no signature of secp256k1, so it takes TLS 1.2.
void be_broad(SSL* ssl, int newest) {
  REQUIRE(SSL_set1_sigalgs_list(ssl, any_signature) == 1);
  REQUIRE(SSL_set1_groups_list(ssl, "P-256:P-521:secp256k1") == 1);
  REQUIRE(SSL_set_min_proto_version(ssl, TLS1_2_VERSION) == 1);
  REQUIRE(SSL_set_max_proto_version(ssl, newest) == 1);
}

// An end that shows what no good one would, and nothing else.
void be_careless(SSL* ssl, const one_side& with, const x509::bad_certificate& bad) {
  SSL_set_security_level(ssl, 0);
  SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
  REQUIRE(SSL_set1_sigalgs_list(ssl, any_signature) == 1);
  SSL_certs_clear(ssl);
  const bio_ptr in(
      BIO_new_mem_buf(bad.certificates.data(), static_cast<int>(bad.certificates.size())));
  for (int index = 0;; ++index) {
    X509* raw = X509_new_ex(with.library->library(), nullptr);
    if (PEM_read_bio_X509(in.get(), &raw, nullptr, nullptr) == nullptr) {
      X509_free(raw);
      break;
    }
    const certificate_ptr one(raw);
    REQUIRE((index == 0 ? SSL_use_certificate(ssl, one.get())
                        : SSL_add1_chain_cert(ssl, one.get())) == 1);
  }
  const bio_ptr key_in(BIO_new_mem_buf(bad.key.data(), static_cast<int>(bad.key.size())));
  const key_ptr found(PEM_read_bio_PrivateKey_ex(key_in.get(), nullptr, nullptr, nullptr,
                                                 with.library->library(), nullptr));
  REQUIRE(SSL_use_PrivateKey(ssl, found.get()) == 1);
  ERR_clear_error();
}

// One end shows what is bad. The one that refuses names the code; the other hears an alert.
struct two_sides {
  one_side good{1};
  one_side bad{2};
};

// What the good side says it can look at: what it always says, or everything.
enum class offer : std::uint8_t { usual, all };

// Keys for which the good side names no signature: in TLS nobody can show them to it.
bool is_rare(const x509::bad_certificate& bad) {
  return bad.name == "P-521" || bad.name == "secp256k1" || bad.name == "Ed448";
}

void check_refused(two_sides& sides, const x509::test_pki& pki, const x509::bad_certificate& bad,
                   side shows, offer offered) {
  const std::string shown_by = shows == side::dialler ? "dialler" : "listener";
  INFO(bad.name, ", shown by the ", shown_by);
  one_side& good_side = sides.good;
  one_side& bad_side = sides.bad;
  credential_set good = set_of(pki, "n1");
  good.revoked = bad.crl;
  good_side.use(good);
  bad_side.use(set_of(pki, "n2"));
  one_end dialler(shows == side::dialler ? bad_side : good_side, side::dialler);
  one_end listener(shows == side::dialler ? good_side : bad_side, side::listener);
  one_end& refuses = shows == side::dialler ? listener : dialler;
  one_end& hears = shows == side::dialler ? dialler : listener;
  be_careless(hears.session.raw(), bad_side, bad);
  if (offered == offer::all) {
    const int newest = bad.name == "secp256k1" ? TLS1_2_VERSION : TLS1_3_VERSION;
    be_broad(refuses.session.raw(), newest);
    be_broad(hears.session.raw(), newest);
  }
  shake_hands(dialler, listener);
  CHECK(refuses.state == engine::state::failed);
  CHECK_MESSAGE(refuses.session.outcome().code() == x509::code_of(bad.chain),
                refuses.session.outcome().text());
  CHECK(refuses.session.outcome().alert >= 0);
  CHECK(refuses.asked == 0);  // nobody asks for the name of who is not trusted
  // A listener that is refused had not yet believed; a dialler had not been welcomed.
  if (hears.state == engine::state::more) hears.shake(hears.left + refuses.out);
  CHECK(hears.state == engine::state::failed);
  CHECK(hears.session.outcome().why == refusal::refused_by_peer);
  CHECK(hears.session.outcome().alert == refuses.session.outcome().alert);
  CHECK(alert_of(hears.session.outcome().alert).number >= 0);
}

}  // namespace

TEST_CASE("bad chains are refused by their code, whoever shows them") {
  const x509::test_pki pki(test_now);
  two_sides sides;
  int count = 0;
  int rare = 0;
  for (const x509::bad_certificate& bad : pki.all_bad()) {
    if (bad.chain == x509::refusal::none || !bad.sendable) continue;
    ++count;
    // Of a rare key the good side is made to look at the certificate: the rules hold there, too.
    const offer offered = is_rare(bad) ? offer::all : offer::usual;
    rare += offered == offer::all ? 1 : 0;
    if (bad.side != x509::purpose::server) check_refused(sides, pki, bad, side::dialler, offered);
    if (bad.side != x509::purpose::client) check_refused(sides, pki, bad, side::listener, offered);
  }
  CHECK(count >= 41);
  CHECK(rare == 3);
}

TEST_CASE("a key for which no signature is named cannot even be shown") {
  const x509::test_pki pki(test_now);
  two_sides sides;
  sides.good.use(set_of(pki, "n1"));
  sides.bad.use(set_of(pki, "n2"));
  int count = 0;
  for (const x509::bad_certificate& bad : pki.all_bad()) {
    if (!is_rare(bad)) continue;
    ++count;
    INFO(bad.name);
    for (const side shows : {side::dialler, side::listener}) {
      one_end dialler(shows == side::dialler ? sides.bad : sides.good, side::dialler);
      one_end listener(shows == side::dialler ? sides.good : sides.bad, side::listener);
      one_end& good = shows == side::dialler ? listener : dialler;
      be_careless((shows == side::dialler ? dialler : listener).session.raw(), sides.bad, bad);
      shake_hands(dialler, listener);
      CHECK(good.state == engine::state::failed);
      CHECK(good.asked == 0);
      // A dialler then shows none, and a listener gives up.
      CHECK(good.session.outcome().why ==
            (shows == side::dialler ? refusal::no_certificate : refusal::refused_by_peer));
    }
  }
  CHECK(count == 3);
}

TEST_CASE("a dialler without a certificate is refused") {
  const x509::test_pki pki(test_now);
  one_side near{1};
  one_side far{2};
  near.use(set_of(pki, "n1"));
  far.use(set_of(pki, "n2"));
  one_end dialler(near, side::dialler);
  one_end listener(far, side::listener);
  SSL_certs_clear(dialler.session.raw());
  shake_hands(dialler, listener);
  if (dialler.state == engine::state::more) dialler.shake(dialler.left + listener.out);
  CHECK(listener.session.outcome().why == refusal::no_certificate);
  CHECK(dialler.session.outcome().alert == 116);
  CHECK(dialler.session.outcome().text().find("certificate") != std::string::npos);
}

}  // namespace mw::tls

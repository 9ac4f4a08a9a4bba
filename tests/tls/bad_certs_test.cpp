// bad_certs_test: every bad certificate, at both ends, refused with its code on both sides.
// SPDX-License-Identifier: Apache-2.0
#include "two_ends.h"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace mw::tls {

namespace {

// A side that shows what no good one would.
void be_careless(one_side& with, const x509::test_pki& pki, const std::string& certificates,
                 const std::string& key) {
  with.use(set_of(pki, "n2"));
  SSL_CTX* const ctx = with.epoch->ssl();
  SSL_CTX_set_security_level(ctx, 0);
  SSL_CTX_set1_sigalgs_list(ctx,
                            "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA-PSS+SHA256");
  SSL_CTX_set_max_cert_list(ctx, 1 << 20);
  SSL_CTX_clear_extra_chain_certs(ctx);
  SSL_CTX_clear_chain_certs(ctx);
  const bio_ptr in(BIO_new_mem_buf(certificates.data(), static_cast<int>(certificates.size())));
  for (int index = 0;; ++index) {
    X509* raw = X509_new_ex(with.library->library(), nullptr);
    if (PEM_read_bio_X509(in.get(), &raw, nullptr, nullptr) == nullptr) {
      X509_free(raw);
      break;
    }
    const certificate_ptr one(raw);
    REQUIRE((index == 0 ? SSL_CTX_use_certificate(ctx, one.get())
                        : SSL_CTX_add1_chain_cert(ctx, one.get())) == 1);
  }
  const bio_ptr key_in(BIO_new_mem_buf(key.data(), static_cast<int>(key.size())));
  const key_ptr found(PEM_read_bio_PrivateKey_ex(key_in.get(), nullptr, nullptr, nullptr,
                                                 with.library->library(), nullptr));
  REQUIRE(SSL_CTX_use_PrivateKey(ctx, found.get()) == 1);
  ERR_clear_error();
}

// One end shows what is bad. The one that refuses names the code; the other hears an alert.
struct two_sides {
  one_side good{1};
  one_side bad{2};
};

void check_refused(two_sides& sides, const x509::test_pki& pki, const x509::bad_certificate& bad,
                   side shows) {
  INFO(bad.name << (shows == side::dialler ? ", shown by the dialler" : ", shown by the listener"));
  one_side& good_side = sides.good;
  one_side& bad_side = sides.bad;
  credential_set good = set_of(pki, "n1");
  good.revoked = bad.crl;
  good_side.use(good);
  be_careless(bad_side, pki, bad.certificates, bad.key);
  one_end dialler(shows == side::dialler ? bad_side : good_side, side::dialler);
  one_end listener(shows == side::dialler ? good_side : bad_side, side::listener);
  shake_hands(dialler, listener);
  one_end& refuses = shows == side::dialler ? listener : dialler;
  one_end& hears = shows == side::dialler ? dialler : listener;
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
  for (const x509::bad_certificate& bad : pki.all_bad()) {
    if (bad.chain == x509::refusal::none || !bad.sendable) continue;
    ++count;
    if (bad.side != x509::purpose::server) check_refused(sides, pki, bad, side::dialler);
    if (bad.side != x509::purpose::client) check_refused(sides, pki, bad, side::listener);
  }
  MESSAGE(count, " bad chains");
  CHECK(count >= 40);
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

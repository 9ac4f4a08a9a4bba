// context: from a credential set and the options to an SSL_CTX.
// SPDX-License-Identifier: Apache-2.0
#include "engine/context.h"

#include "engine/chain_rules.h"
#include "engine/engine.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <array>
#include <cstring>

namespace mw::tls {

namespace {

failure bad(std::string_view what) {
  return {errc::invalid,
          "credentials: " + std::string(what) + ": " + openssl_reason("OpenSSL gives no reason")};
}

bio_ptr reading(std::string_view text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// PEM ends when no further block begins; anything else is damage.
bool at_end() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  return code == 0 || ERR_GET_REASON(code) == PEM_R_NO_START_LINE;
}

template <class Take>
status each_certificate(const crypto& with, std::string_view pem, std::string_view what,
                        Take take) {
  const bio_ptr in = reading(pem);
  int count = 0;
  while (true) {
    certificate_ptr one(X509_new_ex(with.library(), nullptr));
    X509* raw = one.get();
    if (raw == nullptr || PEM_read_bio_X509(in.get(), &raw, nullptr, nullptr) == nullptr) {
      // On failure OpenSSL has freed it when it got as far as decoding.
      if (raw == nullptr) (void)one.release();
      break;
    }
    if (!take(*one, count++)) return bad(what);
  }
  if (!at_end() || count == 0) return bad(what);
  return {};
}

int no_password(char*, int, int, void*) {
  return -1;
}

status use_key(const crypto& with, SSL_CTX* ctx, const secret& key) {
  const bio_ptr in = reading(key.reveal());
  const key_ptr found(PEM_read_bio_PrivateKey_ex(in.get(), nullptr, &no_password, nullptr,
                                                 with.library(), nullptr));
  if (!found || SSL_CTX_use_PrivateKey(ctx, found.get()) != 1) return bad("the key");
  if (SSL_CTX_check_private_key(ctx) != 1) return bad("the key does not fit the certificate");
  return {};
}

status use_chain(const crypto& with, SSL_CTX* ctx, std::string_view pem) {
  return each_certificate(with, pem, "the certificate", [ctx](X509& one, int index) {
    return (index == 0 ? SSL_CTX_use_certificate(ctx, &one) : SSL_CTX_add1_chain_cert(ctx, &one)) ==
           1;
  });
}

status use_trust(const crypto& with, SSL_CTX* ctx, const credential_set& from) {
  X509_STORE* const store = SSL_CTX_get_cert_store(ctx);
  MW_CHECK(each_certificate(with, from.trust, "the authorities", [store](X509& one, int) {
    return X509_STORE_add_cert(store, &one) == 1;
  }));
  set_rules(SSL_CTX_get0_param(ctx), !from.revoked.empty());
  if (from.revoked.empty()) return {};
  const bio_ptr in = reading(from.revoked);
  while (const crl_ptr one{PEM_read_bio_X509_CRL(in.get(), nullptr, nullptr, nullptr)})
    if (X509_STORE_add_crl(store, one.get()) != 1) return bad("the revocation lists");
  if (!at_end()) return bad("the revocation lists");
  return {};
}

template <class Choice, std::size_t N>
std::string list_of(const std::vector<Choice>& chosen, const std::array<const char*, N>& names) {
  std::string all;
  for (const Choice one : chosen) {
    if (!all.empty()) all += ':';
    all += names[static_cast<std::size_t>(one)];
  }
  return all;
}

status use_algorithms(SSL_CTX* ctx, const settings& opt) {
  constexpr std::array suites{"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384",
                              "TLS_CHACHA20_POLY1305_SHA256"};
  constexpr std::array older{"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
                             "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384",
                             "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"};
  constexpr std::array groups{"X25519", "P-256", "P-384"};
  constexpr const char* signatures =
      "ECDSA+SHA256:ECDSA+SHA384:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512";
  const int oldest = opt.min_version == version_choice::tls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  const bool done = SSL_CTX_set_min_proto_version(ctx, oldest) == 1 &&
                    SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
                    SSL_CTX_set_ciphersuites(ctx, list_of(opt.ciphers, suites).c_str()) == 1 &&
                    SSL_CTX_set_cipher_list(ctx, list_of(opt.ciphers, older).c_str()) == 1 &&
                    SSL_CTX_set1_groups_list(ctx, list_of(opt.groups, groups).c_str()) == 1 &&
                    SSL_CTX_set1_sigalgs_list(ctx, signatures) == 1;
  if (!done) return bad("choosing ciphers, groups and signatures");
  return {};
}

// Of what is dialled; a stanza that serves http dials nobody.
status use_protocol(SSL_CTX* ctx) {
  constexpr std::string_view protocol = mesh_protocol;
  std::array<unsigned char, 1 + protocol.size()> wire;
  wire[0] = static_cast<unsigned char>(protocol.size());
  std::memcpy(wire.data() + 1, protocol.data(), protocol.size());
  if (SSL_CTX_set_alpn_protos(ctx, wire.data(), wire.size()) != 0)
    return bad("naming the protocol");
  return {};
}

// Tickets are sealed with keys that OpenSSL draws for each SSL_CTX: that binds them to the stanza
// and to the epoch, whatever else happens.
void use_sessions(SSL_CTX* ctx, bool resumption) {
  SSL_CTX_set_num_tickets(ctx, resumption ? 1 : 0);
  SSL_CTX_set_session_cache_mode(
      ctx, resumption ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
  if (!resumption) SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
  SSL_CTX_set_timeout(ctx, 600);
  SSL_CTX_set_session_id_context(ctx, reinterpret_cast<const unsigned char*>(mesh_protocol.data()),
                                 static_cast<unsigned>(mesh_protocol.size()));
  SSL_CTX_set_max_early_data(ctx, 0);
  SSL_CTX_set_recv_max_early_data(ctx, 0);
}

void be_strict(SSL_CTX* ctx) {
  SSL_CTX_set_security_level(ctx, 2);
  SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Records that only old middleboxes want to see.
  SSL_CTX_clear_options(ctx, SSL_OP_ENABLE_MIDDLEBOX_COMPAT);
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_max_cert_list(ctx, chain_bytes_max);
}

}  // namespace

context::context(const crypto& with, ssl_context_ptr made, const credential_set& from,
                 inner_protocol inside)
    : crypto_(with),
      ssl_(std::move(made)),
      epoch_(from.epoch),
      identity_(from.identity),
      not_before_(from.not_before),
      not_after_(from.not_after),
      inside_(inside) {}

result<context_ptr> context::make(const crypto& with, const credential_set& from,
                                  const settings& opt) {
  ERR_clear_error();
  ssl_context_ptr made(SSL_CTX_new_ex(with.library(), nullptr, TLS_method()));
  if (!made) return bad("out of memory");
  SSL_CTX* const ctx = made.get();
  be_strict(ctx);
  use_sessions(ctx, opt.resumption);
  engine::install(ctx, opt.client_certificates);
  MW_CHECK(use_algorithms(ctx, opt));
  MW_CHECK(use_protocol(ctx));
  MW_CHECK(use_chain(with, ctx, from.chain));
  MW_CHECK(use_key(with, ctx, from.key));
  MW_CHECK(use_trust(with, ctx, from));
  return context_ptr(std::make_shared<const context>(with, std::move(made), from, opt.protocol));
}

}  // namespace mw::tls

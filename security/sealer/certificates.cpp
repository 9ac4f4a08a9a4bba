// certificates: OpenSSL verifies; what time it is comes from outside.
// SPDX-License-Identifier: Apache-2.0
#include "certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <string>
#include <string_view>

namespace mw::sealing {
namespace {

struct certificate_free {
  void operator()(X509* one) const { X509_free(one); }
};
using certificate = std::unique_ptr<X509, certificate_free>;

struct text_in {
  explicit text_in(std::string_view text)
      : bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))) {}
  text_in(const text_in&) = delete;
  text_in& operator=(const text_in&) = delete;
  ~text_in() { BIO_free(bio); }
  BIO* bio;
};

constexpr std::size_t texts_max = 64;  // certificates or lists in one text

certificate from_der(const crypto::library& with, bytes_view der) {
  X509* made = X509_new_ex(with.context(), nullptr);
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  if (made == nullptr || d2i_X509(&made, &at, static_cast<long>(der.size())) == nullptr) {
    crypto::forget_errors();
    X509_free(made);  // null where decoding failed, still ours where its extensions are bad
    return nullptr;
  }
  certificate out(made);
  if (at != end) return nullptr;
  return out;
}

// Calls f(X509*) for each certificate of a PEM text; it owns them. True: there was at least one.
template <class F>
bool each_pem(const crypto::library& with, std::string_view text, F f) {
  const text_in in(text);
  std::size_t count = 0;
  for (; count < texts_max; ++count) {
    X509* slot = X509_new_ex(with.context(), nullptr);
    X509* const got = PEM_read_bio_X509(in.bio, &slot, nullptr, nullptr);
    if (got == nullptr) {
      X509_free(slot);  // null where decoding has failed, still ours where the text was at its end
      break;
    }
    f(certificate(got));
  }
  crypto::forget_errors();
  return count != 0;
}

std::vector<std::byte> to_der(X509* one) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(one, &der);
  std::vector<std::byte> out;
  if (size > 0) {
    const auto bytes = std::as_bytes(std::span(der, static_cast<std::size_t>(size)));
    out.assign(bytes.begin(), bytes.end());
  }
  OPENSSL_free(der);
  return out;
}

result<X509_STORE*> make_store(const crypto::library& with, const credential_set& set) {
  X509_STORE* const store = X509_STORE_new();
  if (store == nullptr) return failure(errc::internal, "OpenSSL makes no store");
  const bool some =
      each_pem(with, set.trust, [&](certificate one) { X509_STORE_add_cert(store, one.get()); });
  unsigned long flags = X509_V_FLAG_X509_STRICT;
  const text_in in(set.revoked);
  for (std::size_t i = 0; i < texts_max; ++i) {
    X509_CRL* const list = PEM_read_bio_X509_CRL(in.bio, nullptr, nullptr, nullptr);
    if (list == nullptr) break;
    flags |= X509_V_FLAG_CRL_CHECK;
    X509_STORE_add_crl(store, list);
    X509_CRL_free(list);
  }
  crypto::forget_errors();
  X509_STORE_set_flags(store, flags);
  X509_STORE_set_depth(store, static_cast<int>(chain_max));
  if (some) return store;
  X509_STORE_free(store);
  return failure(errc::invalid, "the credentials trust no authority: set `ca`");
}

// Whether the chain leads to the store's trust at that time.
status verify(const crypto::library& with, X509_STORE& trust, X509& leaf,
              const std::vector<certificate>& others, wall_time now) {
  STACK_OF(X509)* const between = sk_X509_new_null();
  for (const certificate& one : others) sk_X509_push(between, one.get());
  X509_STORE_CTX* const work = X509_STORE_CTX_new_ex(with.context(), nullptr);
  int good = 0;
  int why = X509_V_ERR_OUT_OF_MEM;
  if (work != nullptr && X509_STORE_CTX_init(work, &trust, &leaf, between) == 1) {
    X509_STORE_CTX_set_time(work, 0, static_cast<time_t>(now.since_epoch / 1s));
    good = X509_verify_cert(work);
    why = X509_STORE_CTX_get_error(work);
  }
  X509_STORE_CTX_free(work);
  sk_X509_free(between);
  crypto::forget_errors();
  if (good == 1) return {};
  return failure(errc::denied,
                 std::string("the chain is not trusted: ") + X509_verify_cert_error_string(why));
}

}  // namespace

void certificates::store_free::operator()(x509_store_st* store) const {
  X509_STORE_free(store);
}

certificates::certificates(const crypto::library& with, credentials& from, authn& names,
                           std::string node)
    : with_(with), from_(from), names_(names), node_(std::move(node)) {}

certificates::~certificates() = default;

status certificates::refresh() {
  const credential_ptr set = from_.current();
  if (set == nullptr) return failure(errc::not_found, "the credentials have no set in force yet");
  auto key = crypto::private_key::from_pem(with_, set->key.reveal());
  if (!key) return std::move(key).error().in("the key of the credentials cannot sign for sealing");
  std::vector<std::vector<std::byte>> chain;
  bool fits = false;
  each_pem(with_, set->chain, [&](certificate one) {
    if (chain.empty()) fits = key->belongs_to(*one);
    chain.push_back(to_der(one.get()));
  });
  if (!fits)
    return failure(errc::invalid, "the key of the credentials does not belong to the certificate");
  if (chain.size() > chain_max)
    return failure(errc::invalid, "the chain of the credentials has " +
                                      std::to_string(chain.size()) +
                                      " certificates, at most 4 can be announced");
  for (const auto& der : chain)
    if (der.empty() || der.size() > certificate_max)
      return failure(errc::invalid, "a certificate of the credentials has " +
                                        std::to_string(der.size()) +
                                        " bytes, at most 8192 can be announced");
  MW_TRY(const peer_identity self, names_.identify(chain.front(), peer_side::client));
  if (!self.node.empty() && self.node != node_)
    return failure(errc::invalid, "the certificate is for the node " + self.node +
                                      ", this node is " + node_ + ": others would refuse its keys");
  MW_TRY(X509_STORE* const trust, make_store(with_, *set));
  trust_.reset(trust);
  chain_ = std::move(chain);
  key_ = std::make_unique<crypto::private_key>(*std::move(key));
  epoch_ = set->epoch;
  return {};
}

result<std::vector<std::byte>> certificates::sign(bytes_view message) const {
  if (key_ == nullptr) return failure(errc::not_found, "there is no key to sign with");
  return key_->sign(message);
}

result<proven_origin> certificates::prove(const key_claim& claim, wall_time now) {
  if (trust_ == nullptr) return failure(errc::denied, "nobody is trusted yet");
  std::vector<certificate> others;
  certificate leaf;
  for (const auto& der : claim.chain) {
    certificate one = from_der(with_, der);
    if (one == nullptr) return failure(errc::invalid, "not a certificate");
    if (leaf == nullptr)
      leaf = std::move(one);
    else
      others.push_back(std::move(one));
  }
  if (leaf == nullptr) return failure(errc::invalid, "no certificate");
  MW_CHECK(verify(with_, *trust_, *leaf, others, now));
  // The key signs; a leaf that may not is somebody else's mistake, or an attack.
  const std::uint32_t usage = X509_get_key_usage(leaf.get());
  if ((usage & KU_DIGITAL_SIGNATURE) == 0 || X509_check_ca(leaf.get()) != 0)
    return failure(errc::denied, "the certificate is not one of a node that signs");
  MW_TRY(peer_identity who, names_.identify(claim.chain.front(), peer_side::client));
  if (!who.node.empty() && who.node != claim.node)
    return failure(errc::denied, "the certificate is for another node");
  MW_TRY(crypto::public_key key, crypto::public_key::of(with_, *leaf));
  return proven_origin{std::move(who), std::move(key)};
}

bool certificates::still_good(const proven_origin& origin) const {
  return names_.still_good(origin.who).ok();
}

}  // namespace mw::sealing

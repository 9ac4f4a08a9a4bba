// keys: one call of OpenSSL each; what it complains about is cleared at once.
// SPDX-License-Identifier: Apache-2.0
#include "claims/keys.h"

#include "claims/statement.h"

#include <mw/assert.h>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

namespace mw::swim::claims {

namespace {

constexpr std::size_t certificate_bytes_max = 8'192;
constexpr std::size_t texts_max = 64;  // certificates or lists in one text
constexpr int rsa_bits_min = 2'048;
constexpr int rsa_bits_max = 4'096;
constexpr int security_level = 2;  // of OpenSSL: 112 bits, no SHA-1

struct free_certificate {
  void operator()(X509* one) const { X509_free(one); }
};
using certificate = std::unique_ptr<X509, free_certificate>;
struct free_key {
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, free_key>;
struct free_work {
  void operator()(EVP_MD_CTX* one) const { EVP_MD_CTX_free(one); }
};
using work = std::unique_ptr<EVP_MD_CTX, free_work>;
struct free_text {
  void operator()(BIO* one) const { BIO_free(one); }
};
using text_in = std::unique_ptr<BIO, free_text>;

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

text_in reader_of(std::string_view text) {
  return text_in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Never asks a person for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

// Ed25519 brings its own hash.
const EVP_MD* hash_for(const EVP_PKEY* key) {
  return EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
}

// Larger RSA keys only burn time; other curves are none that this mesh uses.
bool is_allowed(const EVP_PKEY* key) {
  if (key == nullptr) return false;
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return true;
  if (EVP_PKEY_is_a(key, "RSA") == 1)
    return EVP_PKEY_get_bits(key) >= rsa_bits_min && EVP_PKEY_get_bits(key) <= rsa_bits_max;
  std::array<char, 32> curve{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size) != 1)
    return ERR_clear_error(), false;
  const std::string_view name(curve.data(), size);
  return name == "prime256v1" || name == "secp384r1";
}

// Whether it is the certificate of a node that signs.
bool is_node(X509* leaf) {
  const std::uint32_t uses = X509_get_extended_key_usage(leaf);
  return (X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) != 0 &&
         (uses & (XKU_SSL_CLIENT | XKU_SSL_SERVER)) != 0 && X509_check_ca(leaf) == 0;
}

bool verify(EVP_PKEY* key, std::string_view text, std::string_view signature) {
  const work w(EVP_MD_CTX_new());
  const bool fine =
      EVP_DigestVerifyInit(w.get(), nullptr, hash_for(key), nullptr, key) == 1 &&
      EVP_DigestVerify(w.get(), raw(signature), signature.size(), raw(text), text.size()) == 1;
  if (!fine) ERR_clear_error();
  return fine;
}

std::string sign(EVP_PKEY* key, std::string_view text) {
  const work w(EVP_MD_CTX_new());
  std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  std::string out(size, '\0');
  const bool fine = EVP_DigestSignInit(w.get(), nullptr, hash_for(key), nullptr, key) == 1 &&
                    EVP_DigestSign(w.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                                   raw(text), text.size()) == 1;
  if (!fine) ERR_clear_error();
  out.resize(fine ? size : 0);
  return out;
}

key_ptr ed25519_of(std::string_view seed) {
  return key_ptr(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, raw(seed), seed.size()));
}

certificate from_der(std::string_view der) {
  const unsigned char* at = raw(der);
  certificate made(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (made == nullptr) ERR_clear_error();
  if (made != nullptr && at != raw(der) + der.size()) return nullptr;
  return made;
}

std::string der_of(X509* one) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(one, &bytes);
  if (size <= 0) return {};
  std::string out(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return out;
}

template <class F>
void each_certificate(std::string_view pem, F f) {
  const text_in in = reader_of(pem);
  for (std::size_t i = 0; i < texts_max; ++i) {
    certificate one(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    if (one == nullptr) break;
    f(std::move(one));
  }
  ERR_clear_error();
}

X509_STORE* store_of(const credential_set& set) {
  X509_STORE* const store = X509_STORE_new();
  each_certificate(set.trust,
                   [&](const certificate& one) { X509_STORE_add_cert(store, one.get()); });
  unsigned long flags = X509_V_FLAG_X509_STRICT;
  const text_in in = reader_of(set.revoked);
  for (std::size_t i = 0; i < texts_max; ++i) {
    X509_CRL* const list = PEM_read_bio_X509_CRL(in.get(), nullptr, no_passphrase, nullptr);
    if (list == nullptr) break;
    flags |= X509_V_FLAG_CRL_CHECK;
    X509_STORE_add_crl(store, list);
    X509_CRL_free(list);
  }
  ERR_clear_error();
  X509_STORE_set_flags(store, flags);
  X509_STORE_set_depth(store, static_cast<int>(certificates_max));
  return store;
}

status verify_chain(X509_STORE* trust, X509* leaf, const std::vector<certificate>& others,
                    wall_time now) {
  STACK_OF(X509)* const between = sk_X509_new_null();
  for (const certificate& one : others) sk_X509_push(between, one.get());
  X509_STORE_CTX* const asked = X509_STORE_CTX_new();
  bool good = false;
  int why = X509_V_ERR_OUT_OF_MEM;
  if (asked != nullptr && X509_STORE_CTX_init(asked, trust, leaf, between) == 1) {
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(asked), security_level);
    X509_STORE_CTX_set_time(asked, 0, static_cast<std::time_t>(now.since_epoch / 1s));
    good = X509_verify_cert(asked) == 1;
    why = X509_STORE_CTX_get_error(asked);
  }
  X509_STORE_CTX_free(asked);
  sk_X509_free(between);
  ERR_clear_error();
  if (good) return {};
  return {errc::denied,
          std::string("the chain is not trusted: ") + X509_verify_cert_error_string(why)};
}

result<wall_time> end_of(const X509* leaf) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(leaf), &parts) != 1)
    return failure(errc::denied, "the certificate's end cannot be read");
  // Days from civil: times of the C library would look at the time zone.
  const std::int64_t year = parts.tm_year + 1900 - (parts.tm_mon < 2 ? 1 : 0);
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t month = (parts.tm_mon + 10) % 12;
  const std::int64_t day = (153 * month + 2) / 5 + parts.tm_mday - 1;
  const std::int64_t days =
      era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + day - 719'468;
  const std::int64_t end = days * 86'400 + parts.tm_hour * 3'600 + parts.tm_min * 60 + parts.tm_sec;
  constexpr std::int64_t most = 9'000'000'000;  // nanoseconds since 1970 end in 2262
  return wall_time{std::chrono::seconds(std::min(end, most))};
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(32, '\0');
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), nullptr,
                 EVP_sha256(), nullptr);
  MW_ASSERT(done == 1, "SHA-256 takes any bytes");
  return out;
}

std::string public_half(std::string_view seed) {
  const key_ptr key = ed25519_of(seed);
  std::string out(claim_key_size, '\0');
  std::size_t size = out.size();
  const bool done =
      key != nullptr && EVP_PKEY_get_raw_public_key(
                            key.get(), reinterpret_cast<unsigned char*>(out.data()), &size) == 1;
  MW_ASSERT(done && size == claim_key_size, "any 32 bytes are a key");
  return out;
}

std::array<std::uint8_t, 64> sign_claim(std::string_view seed, std::string_view text) {
  const key_ptr key = ed25519_of(seed);
  MW_ASSERT(key != nullptr, "any 32 bytes are a key");
  const std::string made = sign(key.get(), text);
  std::array<std::uint8_t, 64> out{};
  MW_ASSERT(made.size() == out.size(), "Ed25519 signs anything");
  std::copy(made.begin(), made.end(), out.begin());
  return out;
}

bool verify_claim(std::string_view public_key, std::string_view text,
                  const std::array<std::uint8_t, 64>& signature) {
  const key_ptr key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, raw(public_key), public_key.size()));
  if (key == nullptr) return ERR_clear_error(), false;
  return verify(key.get(), text,
                {reinterpret_cast<const char*>(signature.data()), signature.size()});
}

papers::~papers() {
  EVP_PKEY_free(key_);
  X509_STORE_free(trust_);
}

result<std::unique_ptr<papers>> papers::make(const credential_set& set) {
  std::unique_ptr<papers> made(new papers);  // private constructor
  const text_in in = reader_of(set.key.reveal());
  made->key_ = PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr);
  if (made->key_ == nullptr) {
    ERR_clear_error();
    return failure(errc::invalid, "the key of the credentials cannot be read");
  }
  bool fits = false;
  each_certificate(set.chain, [&](const certificate& one) {
    if (made->chain_.empty()) fits = X509_check_private_key(one.get(), made->key_) == 1;
    made->chain_.push_back(der_of(one.get()));
  });
  ERR_clear_error();
  if (!fits)
    return failure(errc::invalid, "the key of the credentials does not fit their certificate");
  std::size_t bytes = 0;
  for (const std::string& one : made->chain_) bytes += one.size();
  if (made->chain_.size() > certificates_max || bytes > certificate_bytes_max)
    return failure(errc::invalid, "the chain of the credentials has " +
                                      std::to_string(made->chain_.size()) + " certificates and " +
                                      std::to_string(bytes) +
                                      " bytes, at most 4 and 8192 can be shown to others");
  made->trust_ = store_of(set);
  return made;
}

result<std::string> papers::sign(std::string_view text) const {
  std::string out = claims::sign(key_, text);
  if (out.empty()) return failure(errc::internal, "OpenSSL could not sign with the credentials");
  return out;
}

result<wall_time> papers::verify(const std::vector<std::string>& chain, std::string_view text,
                                 std::string_view signature, wall_time now) const {
  certificate leaf;
  std::vector<certificate> others;
  for (const std::string& der : chain) {
    certificate one = from_der(der);
    if (one == nullptr) return failure(errc::denied, "not a certificate");
    if (leaf == nullptr)
      leaf = std::move(one);
    else
      others.push_back(std::move(one));
  }
  if (leaf == nullptr) return failure(errc::denied, "no certificate");
  EVP_PKEY* const key = X509_get0_pubkey(leaf.get());
  if (!is_allowed(key))
    return failure(errc::denied, "the key of the certificate is of no kind that is allowed");
  MW_CHECK(verify_chain(trust_, leaf.get(), others, now));
  if (!is_node(leaf.get()))
    return failure(errc::denied, "the certificate is not one of a node that signs");
  if (!claims::verify(key, text, signature))
    return failure(errc::denied, "the card is not signed by its certificate");
  return end_of(leaf.get());
}

}  // namespace mw::swim::claims

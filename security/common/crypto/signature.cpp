// signature: one-shot signing and verifying; the hash follows from the curve.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/signature.h"

#include "common/crypto/raw_of.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <optional>

namespace mw::crypto {
namespace {

std::optional<signature_kind> kind_of(EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "ED25519") == 1) return signature_kind::ed25519;
  std::array<char, 32> curve{};
  std::size_t size = 0;
  if (EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_group_name(key, curve.data(), curve.size(), &size) != 1)
    return std::nullopt;
  const std::string_view name(curve.data(), size);
  if (name == "prime256v1" || name == "P-256") return signature_kind::ecdsa_p256;
  if (name == "secp384r1" || name == "P-384") return signature_kind::ecdsa_p384;
  return std::nullopt;
}

const char* hash_of(signature_kind kind) {
  switch (kind) {
    case signature_kind::ed25519:
      return nullptr;
    case signature_kind::ecdsa_p256:
      return "SHA256";
    case signature_kind::ecdsa_p384:
      return "SHA384";
  }
  return nullptr;
}

struct work {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  work() = default;
  work(const work&) = delete;
  work& operator=(const work&) = delete;
  ~work() { EVP_MD_CTX_free(context); }
};

// Never asks a person for a passphrase.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

}  // namespace

std::string_view to_string(signature_kind kind) {
  switch (kind) {
    case signature_kind::ed25519:
      return "Ed25519";
    case signature_kind::ecdsa_p256:
      return "ECDSA P-256";
    case signature_kind::ecdsa_p384:
      return "ECDSA P-384";
  }
  return "unknown";
}

result<public_key> public_key::take(const library& with, EVP_PKEY* key) {
  if (key == nullptr) {
    forget_errors();
    return failure(errc::invalid, "not a key that OpenSSL can read");
  }
  std::shared_ptr<EVP_PKEY> owned(key, &EVP_PKEY_free);
  const auto kind = kind_of(key);
  if (!kind)
    return failure(errc::unsupported,
                   "the key is of another kind than Ed25519, ECDSA P-256 and ECDSA P-384");
  return public_key(with, std::move(owned), *kind);
}

result<public_key> public_key::from_der(const library& with, bytes_view der) {
  const unsigned char* at = raw_of(der);
  EVP_PKEY* const key =
      d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), with.context(), nullptr);
  if (key != nullptr && at != raw_of(der) + der.size()) {
    EVP_PKEY_free(key);
    return failure(errc::invalid, "bytes behind the key");
  }
  return take(with, key);
}

result<public_key> public_key::from_ed25519(const library& with, bytes_view raw) {
  return take(with, EVP_PKEY_new_raw_public_key_ex(with.context(), "ED25519", nullptr, raw_of(raw),
                                                   raw.size()));
}

result<public_key> public_key::of(const library& with, const x509_st& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(&certificate), &der);
  if (size <= 0) return failure(errc::invalid, "the certificate holds no key");
  auto made = from_der(with, std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
  return made;
}

bool public_key::verify(bytes_view message, bytes_view signature) const {
  const work w;
  if (w.context != nullptr &&
      EVP_DigestVerifyInit_ex(w.context, nullptr, hash_of(kind_), with_->context(), nullptr,
                              key_.get(), nullptr) == 1 &&
      EVP_DigestVerify(w.context, raw_of(signature), signature.size(), raw_of(message),
                       message.size()) == 1)
    return true;
  forget_errors();
  return false;
}

result<private_key> private_key::from_pem(const library& with, std::string_view pem) {
  BIO* const in = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* const key =
      PEM_read_bio_PrivateKey_ex(in, nullptr, no_passphrase, nullptr, with.context(), nullptr);
  BIO_free(in);
  MW_TRY(public_key half, public_key::take(with, key));
  return private_key(std::move(half));
}

result<private_key> private_key::from_ed25519(const library& with, bytes_view seed) {
  MW_TRY(public_key half,
         public_key::take(with, EVP_PKEY_new_raw_private_key_ex(with.context(), "ED25519", nullptr,
                                                                raw_of(seed), seed.size())));
  return private_key(std::move(half));
}

bool private_key::belongs_to(const x509_st& certificate) const {
  const EVP_PKEY* const other = X509_get0_pubkey(&certificate);
  return other != nullptr && EVP_PKEY_eq(other, raw()) == 1;
}

result<std::vector<std::byte>> private_key::sign(bytes_view message) const {
  const work w;
  std::vector<std::byte> out(signature_size_max);
  std::size_t size = out.size();
  if (w.context == nullptr ||
      EVP_DigestSignInit_ex(w.context, nullptr, hash_of(kind()), half_.with_->context(), nullptr,
                            raw(), nullptr) != 1 ||
      EVP_DigestSign(w.context, reinterpret_cast<unsigned char*>(out.data()), &size,
                     raw_of(message), message.size()) != 1)
    return failure(errc::internal, "OpenSSL could not sign");
  out.resize(size);
  return out;
}

}  // namespace mw::crypto

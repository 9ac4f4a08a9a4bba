// library: a private context: neither openssl.cnf nor other users of OpenSSL matter.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/library.h"

#include "common/crypto/random_provider.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/provider.h>

#include <utility>

namespace mw::crypto {

void wipe(std::span<std::byte> bytes) {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

bool equal_in_constant_time(bytes_view a, bytes_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void forget_errors() {
  ERR_clear_error();
}

library::library(random_source from)
    : source_(std::make_unique<random_source>(std::move(from))), context_(OSSL_LIB_CTX_new()) {}

library::~library() {
  for (evp_cipher_st* const c : ciphers_) EVP_CIPHER_free(c);
  EVP_MAC_free(hmac_);
  EVP_MD_free(sha256_);
  if (algorithms_ != nullptr) OSSL_PROVIDER_unload(algorithms_);
  if (randomness_ != nullptr) OSSL_PROVIDER_unload(randomness_);
  OSSL_LIB_CTX_free(context_);
}

result<std::unique_ptr<library>> library::make(random_source from) {
  std::unique_ptr<library> made(new library(std::move(from)));  // private constructor
  MW_CHECK(made->load());
  return made;
}

status library::load() {
  const auto lacks = [](const char* what) {
    forget_errors();
    return failure(errc::internal, std::string("OpenSSL has no ") + what +
                                       ": install libssl3 3.0 or newer with its default provider");
  };
  if (context_ == nullptr) return lacks("memory");
  if (!add_random_provider(context_, randomness_)) return lacks("room for a source of randomness");
  algorithms_ = OSSL_PROVIDER_load(context_, "default");
  if (algorithms_ == nullptr) return lacks("default provider");
  if (!use_random_source(context_, *source_)) return lacks("use for our source of randomness");
  constexpr std::array names{"AES-256-GCM", "ChaCha20-Poly1305", "AES-128-GCM", "AES-192-GCM"};
  static_assert(names.size() == aead_algorithms);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ciphers_[i] = EVP_CIPHER_fetch(context_, names[i], nullptr);
    if (ciphers_[i] == nullptr) return lacks(names[i]);
  }
  hmac_ = EVP_MAC_fetch(context_, "HMAC", nullptr);
  sha256_ = EVP_MD_fetch(context_, "SHA256", nullptr);
  if (hmac_ == nullptr || sha256_ == nullptr) return lacks("SHA-256");
  return {};
}

}  // namespace mw::crypto

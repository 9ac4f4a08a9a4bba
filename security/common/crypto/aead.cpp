// aead: the key schedule is done once; a message sets the nonce only.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/aead.h"

#include "common/crypto/raw_of.h"

#include <openssl/evp.h>

#include <utility>

namespace mw::crypto {
std::size_t aead_key_size(aead_algorithm which) {
  switch (which) {
    case aead_algorithm::aes_128_gcm:
      return 16;
    case aead_algorithm::aes_192_gcm:
      return 24;
    case aead_algorithm::aes_256_gcm:
    case aead_algorithm::chacha20_poly1305:
      return 32;
  }
  return 0;
}

result<aead_key> aead_key::make(const library& with, aead_algorithm which, use what, bytes_view key,
                                std::size_t nonce_size) {
  if (key.size() != aead_key_size(which))
    return failure(errc::invalid, "a key of " + std::to_string(key.size()) + " bytes, wanted " +
                                      std::to_string(aead_key_size(which)));
  const bool fixed = which == aead_algorithm::chacha20_poly1305;
  if (nonce_size == 0 || nonce_size > 128 || (fixed && nonce_size != aead_nonce_size))
    return failure(errc::invalid, "a nonce of " + std::to_string(nonce_size) + " bytes");
  aead_key made(EVP_CIPHER_CTX_new(), nonce_size);
  const failure broken(errc::internal, "OpenSSL could not set up a cipher");
  if (made.context_ == nullptr) return broken;
  const int sealing = what == use::seal ? 1 : 0;
  if (EVP_CipherInit_ex2(made.context_, with.cipher(which), nullptr, nullptr, sealing, nullptr) !=
      1)
    return broken;
  if (nonce_size != aead_nonce_size &&
      EVP_CIPHER_CTX_ctrl(made.context_, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(nonce_size),
                          nullptr) != 1)
    return broken;
  if (EVP_CipherInit_ex2(made.context_, nullptr, raw_of(key), nullptr, sealing, nullptr) != 1)
    return broken;
  return made;
}

aead_key::aead_key(aead_key&& other) noexcept
    : context_(std::exchange(other.context_, nullptr)), nonce_size_(other.nonce_size_) {}

aead_key& aead_key::operator=(aead_key&& other) noexcept {
  std::swap(context_, other.context_);
  std::swap(nonce_size_, other.nonce_size_);
  return *this;
}

aead_key::~aead_key() {
  EVP_CIPHER_CTX_free(context_);
}

bool aead_key::begin(bytes_view nonce, bytes_view authenticated) {
  if (nonce.size() != nonce_size_) return false;
  if (EVP_CipherInit_ex2(context_, nullptr, nullptr, raw_of(nonce), -1, nullptr) != 1) return false;
  return authenticate(authenticated);
}

bool aead_key::authenticate(bytes_view more) {
  int written = 0;
  return more.empty() || EVP_CipherUpdate(context_, nullptr, &written, raw_of(more),
                                          static_cast<int>(more.size())) == 1;
}

bool aead_key::update(bytes_view piece, std::byte* out) {
  int written = 0;
  return piece.empty() ||
         EVP_CipherUpdate(context_, reinterpret_cast<unsigned char*>(out), &written, raw_of(piece),
                          static_cast<int>(piece.size())) == 1;
}

bool aead_key::finish_seal(std::span<std::byte, aead_tag_size> tag) {
  int written = 0;
  unsigned char rest[16];
  return EVP_CipherFinal_ex(context_, rest, &written) == 1 &&
         EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, aead_tag_size, tag.data()) == 1;
}

bool aead_key::finish_open(bytes_view tag) {
  int written = 0;
  unsigned char rest[16];
  if (tag.size() != aead_tag_size) return false;
  std::byte expected[aead_tag_size];
  for (std::size_t i = 0; i < aead_tag_size; ++i) expected[i] = tag[i];
  if (EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, aead_tag_size, expected) == 1 &&
      EVP_CipherFinal_ex(context_, rest, &written) == 1)
    return true;
  forget_errors();
  return false;
}

}  // namespace mw::crypto

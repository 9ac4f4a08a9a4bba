// aead: the one file that includes OpenSSL here.
// SPDX-License-Identifier: Apache-2.0
#include "wire/aead.h"

#include <mw/assert.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <memory>

namespace mw::swim {

namespace {

struct free_context {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, free_context>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const EVP_CIPHER* cipher_for(std::string_view key) {
  switch (key.size()) {
    case 16:
      return EVP_aes_128_gcm();
    case 24:
      return EVP_aes_192_gcm();
    case 32:
      return EVP_aes_256_gcm();
    default:
      return nullptr;
  }
}

}  // namespace

std::string aead_seal(std::string_view key, std::string_view nonce, std::string_view aad,
                      std::string_view plain) {
  const EVP_CIPHER* const cipher = cipher_for(key);
  MW_ASSERT(cipher != nullptr && nonce.size() == nonce_size, "keys are checked when installed");
  const context c(EVP_CIPHER_CTX_new());
  std::string out(plain.size() + tag_size, '\0');
  int size = 0;
  const bool done =
      EVP_EncryptInit_ex(c.get(), cipher, nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
      EVP_EncryptUpdate(c.get(), nullptr, &size, bytes_of(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_EncryptUpdate(c.get(), bytes_of(out), &size, bytes_of(plain),
                        static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(c.get(), bytes_of(out) + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_size),
                          bytes_of(out) + plain.size()) == 1;
  MW_ASSERT(done, "sealing does not depend on what is sealed");
  return out;
}

std::optional<std::string> aead_open(std::string_view key, std::string_view nonce,
                                     std::string_view aad, std::string_view sealed) {
  const EVP_CIPHER* const cipher = cipher_for(key);
  if (cipher == nullptr || nonce.size() != nonce_size || sealed.size() < tag_size)
    return std::nullopt;
  const context c(EVP_CIPHER_CTX_new());
  const std::string_view body = sealed.substr(0, sealed.size() - tag_size);
  std::string tag(sealed.substr(body.size()));
  std::string out(body.size(), '\0');
  int size = 0;
  const bool fine =
      EVP_DecryptInit_ex(c.get(), cipher, nullptr, bytes_of(key), bytes_of(nonce)) == 1 &&
      EVP_DecryptUpdate(c.get(), nullptr, &size, bytes_of(aad), static_cast<int>(aad.size())) ==
          1 &&
      EVP_DecryptUpdate(c.get(), bytes_of(out), &size, bytes_of(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_size),
                          bytes_of(tag)) == 1 &&
      EVP_DecryptFinal_ex(c.get(), bytes_of(out) + size, &size) == 1;
  if (!fine) return std::nullopt;
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, 32> out{};
  unsigned size = 0;
  const auto* const done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                bytes_of(text), text.size(), out.data(), &size);
  MW_ASSERT(done != nullptr && size == out.size(), "HMAC takes any key and text");
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

std::string hkdf_sha256(std::string_view secret, std::string_view salt, std::string_view info,
                        std::size_t size) {
  MW_ASSERT(size <= 32, "one block is enough for a key");
  const std::string extracted = hmac_sha256(salt, secret);
  return hmac_sha256(extracted, std::string(info) + '\x01').substr(0, size);
}

}  // namespace mw::swim

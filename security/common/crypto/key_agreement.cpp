// key_agreement: OpenSSL clamps the secret and refuses a zero result.
// SPDX-License-Identifier: Apache-2.0
#include "common/crypto/key_agreement.h"

#include <openssl/evp.h>

namespace mw::crypto {
namespace {

struct key {
  EVP_PKEY* of = nullptr;
  explicit key(EVP_PKEY* from) : of(from) {}
  key(const key&) = delete;
  key& operator=(const key&) = delete;
  ~key() { EVP_PKEY_free(of); }
};

EVP_PKEY* secret_key(const library& with, const x25519_secret& from) {
  return EVP_PKEY_new_raw_private_key_ex(with.context(), "X25519", nullptr,
                                         reinterpret_cast<const unsigned char*>(from.view().data()),
                                         x25519_size);
}

}  // namespace

result<x25519_point> x25519_public(const library& with, const x25519_secret& own) {
  const key secret(secret_key(with, own));
  x25519_point out;
  std::size_t size = out.size();
  if (secret.of == nullptr ||
      EVP_PKEY_get_raw_public_key(secret.of, reinterpret_cast<unsigned char*>(out.data()), &size) !=
          1)
    return failure(errc::internal, "OpenSSL makes no X25519 key");
  return out;
}

result<x25519_secret> x25519(const library& with, const x25519_secret& own,
                             const x25519_point& other) {
  const key secret(secret_key(with, own));
  const key theirs(EVP_PKEY_new_raw_public_key_ex(
      with.context(), "X25519", nullptr, reinterpret_cast<const unsigned char*>(other.data()),
      other.size()));
  if (secret.of == nullptr || theirs.of == nullptr)
    return failure(errc::internal, "OpenSSL makes no X25519 key");
  EVP_PKEY_CTX* const work = EVP_PKEY_CTX_new_from_pkey(with.context(), secret.of, nullptr);
  x25519_secret out;
  std::size_t size = x25519_size;
  const bool good =
      work != nullptr && EVP_PKEY_derive_init(work) == 1 &&
      EVP_PKEY_derive_set_peer_ex(work, theirs.of, 0) == 1 &&
      EVP_PKEY_derive(work, reinterpret_cast<unsigned char*>(out.span().data()), &size) == 1 &&
      size == x25519_size;
  EVP_PKEY_CTX_free(work);
  if (good) return out;
  forget_errors();
  return failure(errc::denied, "an X25519 key of low order");
}

}  // namespace mw::crypto

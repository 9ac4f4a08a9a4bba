// aead: one key that encrypts and authenticates; its context is made once and reused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

struct evp_cipher_ctx_st;

namespace mw::crypto {

inline constexpr std::size_t aead_tag_size = 16;
inline constexpr std::size_t aead_nonce_size = 12;

[[nodiscard]] std::size_t aead_key_size(aead_algorithm which);

// Seals or opens; a nonce is used once per key, which is the caller's promise. After make() nothing
// allocates. Messages up to 2 GiB.
class aead_key {
 public:
  enum class use : std::uint8_t { seal, open };

  // Other sizes of nonces are for test vectors. `invalid`: the key or nonce has a wrong size.
  [[nodiscard]] static result<aead_key> make(const library& with, aead_algorithm which, use what,
                                             bytes_view key,
                                             std::size_t nonce_size = aead_nonce_size);
  aead_key(aead_key&& other) noexcept;
  aead_key& operator=(aead_key&& other) noexcept;
  ~aead_key();

  // A message in any number of pieces: begin(), update() for each, finish(). `out` has the size of
  // the piece and may be the piece. False only for a broken library.
  [[nodiscard]] bool begin(bytes_view nonce, bytes_view authenticated);
  [[nodiscard]] bool authenticate(bytes_view more);  // between begin() and the first update()
  [[nodiscard]] bool update(bytes_view piece, std::byte* out);
  [[nodiscard]] bool finish_seal(std::span<std::byte, aead_tag_size> tag);
  // False: not what was sealed under this key, nonce and authenticated bytes: throw `out` away.
  [[nodiscard]] bool finish_open(bytes_view tag);

 private:
  aead_key(evp_cipher_ctx_st* context, std::size_t nonce_size)
      : context_(context), nonce_size_(nonce_size) {}
  evp_cipher_ctx_st* context_;
  std::size_t nonce_size_;
};

}  // namespace mw::crypto

// hash: SHA-256, HMAC-SHA256 (RFC 2104) and HKDF-SHA256 (RFC 5869).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

#include <initializer_list>

struct evp_md_ctx_st;

namespace mw::crypto {

inline constexpr std::size_t hash_size = 32;
using digest = std::array<std::byte, hash_size>;
using pieces = std::initializer_list<bytes_view>;  // hashed one after the other

// These fail only for a broken library; then they end the process, since no caller could go on.
[[nodiscard]] digest sha256(const library& with, pieces of);
[[nodiscard]] digest hmac_sha256(const library& with, bytes_view key, pieces of);

// SHA-256 of pieces that come one by one.
class hasher {
 public:
  explicit hasher(const library& with);
  hasher(const hasher&) = delete;
  hasher& operator=(const hasher&) = delete;
  ~hasher();
  void add(bytes_view piece);
  [[nodiscard]] digest finish();

 private:
  evp_md_ctx_st* context_;
};

// The key that expand() makes others from.
[[nodiscard]] secret_bytes<hash_size> hkdf_extract(const library& with, bytes_view salt,
                                                   bytes_view input);
// `invalid`: more than 255 * 32 bytes.
[[nodiscard]] status hkdf_expand(const library& with, bytes_view key, pieces info,
                                 std::span<std::byte> out);

}  // namespace mw::crypto

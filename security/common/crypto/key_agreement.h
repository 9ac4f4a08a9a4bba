// key_agreement: X25519 (RFC 7748).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

namespace mw::crypto {

inline constexpr std::size_t x25519_size = 32;
using x25519_secret = secret_bytes<x25519_size>;
using x25519_point = std::array<std::byte, x25519_size>;

[[nodiscard]] result<x25519_point> x25519_public(const library& with, const x25519_secret& own);
// `denied`: the other side's key is of low order, so that the result would be zero whatever ours
// is.
[[nodiscard]] result<x25519_secret> x25519(const library& with, const x25519_secret& own,
                                           const x25519_point& other);

}  // namespace mw::crypto

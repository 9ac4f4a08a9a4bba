// keys: which kinds and sizes of keys are allowed, and new ones.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "openssl.h"
#include "refusals.h"

namespace mw::x509 {

// The first four are allowed (RSA from 2048 to 4096 bits); the others exist so that tests can show
// that they are refused.
enum class key_kind : std::uint8_t { p256, p384, ed25519, rsa, p521, secp256k1, ed448 };

constexpr unsigned rsa_bits_min = 2048;
constexpr unsigned rsa_bits_max = 4096;

// A new key from libcrypto's randomness. `rsa_bits` counts for RSA alone.
[[nodiscard]] result<key_ptr> make_key(key_kind kind, unsigned rsa_bits = rsa_bits_min);

// none, key_too_small or key_not_allowed. A huge key is found by its size alone: nothing is
// computed with it.
[[nodiscard]] refusal judge_key(const EVP_PKEY& key);
[[nodiscard]] std::string words_of(const EVP_PKEY& key);  // "P-256", "RSA 2048"

}  // namespace mw::x509

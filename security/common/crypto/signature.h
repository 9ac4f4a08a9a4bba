// signature: Ed25519 (RFC 8032) and ECDSA on P-256 and P-384; the key decides.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/library.h"

#include <memory>
#include <string_view>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace mw::crypto {

enum class signature_kind : std::uint8_t { ed25519 = 1, ecdsa_p256 = 2, ecdsa_p384 = 3 };
[[nodiscard]] std::string_view to_string(signature_kind kind);
inline constexpr std::size_t signature_size_max = 104;  // DER of two numbers of P-384

class public_key {
 public:
  // `invalid`: not a key; `unsupported`: of another kind. DER as in a certificate.
  [[nodiscard]] static result<public_key> from_der(const library& with, bytes_view der);
  [[nodiscard]] static result<public_key> from_ed25519(const library& with, bytes_view raw);
  [[nodiscard]] static result<public_key> of(const library& with, const x509_st& certificate);

  [[nodiscard]] signature_kind kind() const { return kind_; }
  [[nodiscard]] bool verify(bytes_view message, bytes_view signature) const;

 private:
  friend class private_key;
  public_key(const library& with, std::shared_ptr<evp_pkey_st> key, signature_kind kind)
      : with_(&with), key_(std::move(key)), kind_(kind) {}
  [[nodiscard]] static result<public_key> take(const library& with, evp_pkey_st* key);

  const library* with_;
  std::shared_ptr<evp_pkey_st> key_;  // shared: never changes, and sessions outlive certificates
  signature_kind kind_;
};

class private_key {
 public:
  // Failures as above; the text never holds a part of the key.
  [[nodiscard]] static result<private_key> from_pem(const library& with, std::string_view pem);
  [[nodiscard]] static result<private_key> from_ed25519(const library& with, bytes_view seed);

  [[nodiscard]] signature_kind kind() const { return half_.kind(); }
  // The public half, for comparing and verifying.
  [[nodiscard]] const public_key& half() const { return half_; }
  [[nodiscard]] bool belongs_to(const x509_st& certificate) const;
  [[nodiscard]] result<std::vector<std::byte>> sign(bytes_view message) const;
  [[nodiscard]] evp_pkey_st* raw() const { return half_.key_.get(); }

 private:
  explicit private_key(public_key half) : half_(std::move(half)) {}
  public_key half_;
};

}  // namespace mw::crypto

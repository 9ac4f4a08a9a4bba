// library: one OpenSSL of our own: its own context, no configuration file, randomness from outside.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/result.h>
#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

struct evp_cipher_st;
struct evp_mac_st;
struct evp_md_st;
struct ossl_lib_ctx_st;
struct ossl_provider_st;

namespace mw::crypto {

// Fills with bytes that nobody can guess; the plug-in hands in host.secure_bytes().
using random_source = function<void(std::span<std::byte>)>;

// Overwrites bytes in a way that the compiler does not remove.
void wipe(std::span<std::byte> bytes);
// Takes the same time whatever differs.
[[nodiscard]] bool equal_in_constant_time(bytes_view a, bytes_view b);

// OpenSSL keeps failures in a list of the thread; what is left there would confuse the next user.
void forget_errors();

// Key material that is overwritten when it dies.
template <std::size_t Size>
class secret_bytes {
 public:
  secret_bytes() = default;
  secret_bytes(const secret_bytes&) = default;
  secret_bytes& operator=(const secret_bytes&) = default;
  ~secret_bytes() { wipe(bytes_); }

  [[nodiscard]] std::span<std::byte, Size> span() { return bytes_; }
  [[nodiscard]] bytes_view view() const { return bytes_; }

 private:
  std::array<std::byte, Size> bytes_{};
};

enum class aead_algorithm : std::uint8_t {
  aes_256_gcm = 1,
  chacha20_poly1305 = 2,
  aes_128_gcm = 3,
  aes_192_gcm = 4,
};
inline constexpr std::size_t aead_algorithms = 4;

// What is fetched once and used by all keys. Outlives them.
class library {
 public:
  // `internal` when OpenSSL lacks something, which says a broken installation.
  [[nodiscard]] static result<std::unique_ptr<library>> make(random_source from);
  library(const library&) = delete;
  library& operator=(const library&) = delete;
  ~library();

  [[nodiscard]] ossl_lib_ctx_st* context() const { return context_; }
  [[nodiscard]] const evp_cipher_st* cipher(aead_algorithm which) const {
    return ciphers_[static_cast<std::size_t>(which) - 1];
  }
  [[nodiscard]] evp_mac_st* hmac() const { return hmac_; }
  [[nodiscard]] evp_md_st* sha256() const { return sha256_; }
  void fill(std::span<std::byte> out) const { (*source_)(out); }

 private:
  explicit library(random_source from);
  [[nodiscard]] status load();

  std::unique_ptr<random_source> source_;  // at a fixed place: OpenSSL keeps its address
  ossl_lib_ctx_st* context_ = nullptr;
  ossl_provider_st* algorithms_ = nullptr;
  ossl_provider_st* randomness_ = nullptr;
  std::array<evp_cipher_st*, aead_algorithms> ciphers_{};
  evp_mac_st* hmac_ = nullptr;
  evp_md_st* sha256_ = nullptr;
};

}  // namespace mw::crypto

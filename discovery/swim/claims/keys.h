// keys: Ed25519 for claims and X.509 for cards, over OpenSSL without a clock of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/credentials.h>
#include <mw/result.h>
#include <mw/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;
struct x509_store_st;

namespace mw::swim::claims {

[[nodiscard]] std::string sha256(std::string_view bytes);

// `seed`: 32 secret bytes.
[[nodiscard]] std::string public_half(std::string_view seed);
[[nodiscard]] std::array<std::uint8_t, 64> sign_claim(std::string_view seed, std::string_view text);
[[nodiscard]] bool verify_claim(std::string_view public_key, std::string_view text,
                                const std::array<std::uint8_t, 64>& signature);

// A credential set, read once: the key that signs cards, its chain, and whom it trusts.
class papers {
 public:
  [[nodiscard]] static result<std::unique_ptr<papers>> make(const credential_set& set);
  ~papers();
  papers(const papers&) = delete;
  papers& operator=(const papers&) = delete;

  [[nodiscard]] const std::vector<std::string>& chain() const { return chain_; }  // DER
  [[nodiscard]] result<std::string> sign(std::string_view text) const;
  // Whether `chain` leads to our trust at that time, and its leaf's key signed `text`. When the
  // leaf ends; `denied` otherwise.
  [[nodiscard]] result<wall_time> verify(const std::vector<std::string>& chain,
                                         std::string_view text, std::string_view signature,
                                         wall_time now) const;

 private:
  papers() = default;

  std::vector<std::string> chain_;
  evp_pkey_st* key_ = nullptr;
  x509_store_st* trust_ = nullptr;
};

}  // namespace mw::swim::claims

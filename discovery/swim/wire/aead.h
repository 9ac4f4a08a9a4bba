// aead: AES-GCM, HMAC and HKDF of OpenSSL behind four functions without state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mw::swim {

inline constexpr std::size_t nonce_size = 12;
inline constexpr std::size_t tag_size = 16;

// The cipher text with its tag behind. The key has 16, 24 or 32 bytes, the nonce 12, and the two
// are never used together again.
[[nodiscard]] std::string aead_seal(std::string_view key, std::string_view nonce,
                                    std::string_view aad, std::string_view plain);
// Nothing when key, nonce, aad or any byte is another one.
[[nodiscard]] std::optional<std::string> aead_open(std::string_view key, std::string_view nonce,
                                                   std::string_view aad, std::string_view sealed);

[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view text);
// RFC 5869; at most 32 bytes.
[[nodiscard]] std::string hkdf_sha256(std::string_view secret, std::string_view salt,
                                      std::string_view info, std::size_t size);

}  // namespace mw::swim

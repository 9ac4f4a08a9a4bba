// statement: the bytes that signatures cover, and the form of cards. Pure.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim::claims {

inline constexpr std::size_t claim_key_size = 32;      // Ed25519
inline constexpr std::size_t card_bytes_max = 16'384;  // of one card
inline constexpr std::size_t certificates_max = 4;     // in one card

// A member's key for claims of this life, the certificates that say whose it is, the leaf first,
// and the signature of the leaf's key over it.
struct card {
  std::string node;
  std::string key;                        // public, raw
  std::vector<std::string> certificates;  // DER
  std::string signature;
};
[[nodiscard]] std::string encode(const card& c);
[[nodiscard]] std::optional<card> decode_card(std::string_view bytes);

// What the leaf's key signs: it lends its name to a key for claims in this cluster.
[[nodiscard]] std::string card_statement(std::string_view label, std::string_view node,
                                         std::string_view key);
// What a member signs: everything that others believe because of it.
[[nodiscard]] std::string statement(std::string_view label, const alive_claim& claim);
[[nodiscard]] std::string statement(std::string_view label, const dead_claim& leaving);

}  // namespace mw::swim::claims

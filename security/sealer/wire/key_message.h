// key_message: what sealers tell each other so that keys are agreed; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/aead.h"
#include "common/crypto/hash.h"
#include "common/crypto/key_agreement.h"

#include <mw/result.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::sealing {

inline constexpr std::size_t chain_max = 4;
inline constexpr std::size_t certificate_max = 8 << 10;
inline constexpr std::size_t key_message_max = 40 << 10;

// A public key of a node for one epoch. The signature is over all of it.
struct key_claim {
  crypto::aead_algorithm algorithm = crypto::aead_algorithm::aes_256_gcm;  // its node seals with
  std::uint32_t epoch = 0;           // counts the keys of one boot
  std::uint32_t valid_s = 0;         // seconds from `issued_ms` on
  std::uint64_t issued_ms = 0;       // wall clock, since 1970
  std::array<std::byte, 16> boot{};  // drawn at each start of the node
  crypto::x25519_point point{};
  std::string node;
  std::string cluster;
  std::vector<std::vector<std::byte>> chain;  // certificates in DER, the leaf first
  friend bool operator==(const key_claim&, const key_claim&) = default;
};

enum class key_message_kind : std::uint8_t { announce = 1, have = 2, ask = 3 };

// "Here is my key", again and again until the other side has it.
struct announcement {
  std::uint64_t stamp = 0;  // the sender's clock in ms; comes back in `have::echo`
  bytes_view claim;         // borrowed; read_claim() takes it apart
  bytes_view signature;
};

// "I have your key, and these are the keys we share."
struct have {
  static constexpr std::size_t mac_size = crypto::hash_size;
  std::uint64_t stamp = 0;
  std::uint64_t echo = 0;
  std::uint64_t sender_key = 0;
  std::uint64_t receiver_key = 0;
  bool wants_answer = false;
  std::array<std::byte, mac_size> mac{};  // over all before it
  friend bool operator==(const have&, const have&) = default;
};

[[nodiscard]] std::vector<std::byte> write_claim(const key_claim& claim);
[[nodiscard]] result<key_claim> read_claim(bytes_view claim);

[[nodiscard]] std::vector<std::byte> write_announcement(const announcement& message);
[[nodiscard]] std::vector<std::byte> write_have(const have& message);
// The bytes that `mac` is over.
[[nodiscard]] std::vector<std::byte> mac_input(const have& message);
[[nodiscard]] std::vector<std::byte> write_ask();

// `invalid`: none of them.
[[nodiscard]] result<key_message_kind> kind_of(bytes_view message);
[[nodiscard]] result<announcement> read_announcement(bytes_view message);
[[nodiscard]] result<have> read_have(bytes_view message);

}  // namespace mw::sealing

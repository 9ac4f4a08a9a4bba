// envelope: what stands behind the encrypted body of a sealed message; see PROTOCOL.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/aead.h"
#include "common/crypto/hash.h"

#include <mw/result.h>
#include <mw/sealer.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace mw::sealing {

struct envelope_head {
  static constexpr std::size_t size = 32;
  // No key seals more: what RFC 9001 allows AES-GCM.
  static constexpr std::uint64_t records_max = std::uint64_t{1} << 23;

  crypto::aead_algorithm algorithm = crypto::aead_algorithm::aes_256_gcm;
  bool is_signed = false;
  std::uint64_t sender_key = 0;  // short names of the two keys that were agreed on
  std::uint64_t receiver_key = 0;
  std::uint64_t sequence = 0;  // of this key and direction; the nonce follows from it
  std::uint32_t sent_ms = 0;   // on the sender's clock, modulo 2^32
  friend bool operator==(const envelope_head&, const envelope_head&) = default;
};

using head_bytes = std::array<std::byte, envelope_head::size>;

// Behind the encrypted body: the tag, the commitment to the key, the head.
inline constexpr std::size_t tail_size =
    crypto::aead_tag_size + crypto::hash_size + envelope_head::size;
static_assert(tail_size == 80);

struct envelope_view {
  envelope_head head;
  bytes_view encrypted;
  bytes_view tag;
  bytes_view commitment;
  bytes_view head_bytes;
};

[[nodiscard]] head_bytes write_head(const envelope_head& head);
// Empty: not an envelope of this version.
[[nodiscard]] std::optional<envelope_view> read_envelope(bytes_view envelope);

// What is authenticated besides head and body, in one form only: texts behind their lengths.
class context_bytes {
 public:
  static constexpr std::size_t name_max = 255;
  static constexpr std::size_t bound_max = 256;
  static constexpr std::size_t size_max = 3 * (1 + name_max) + 2 + bound_max;

  // False: something is too long.
  [[nodiscard]] bool write(const seal_context& context);
  [[nodiscard]] bytes_view view() const { return {bytes_.data(), size_}; }

 private:
  std::array<std::byte, size_max> bytes_;
  std::size_t size_ = 0;
};

}  // namespace mw::sealing

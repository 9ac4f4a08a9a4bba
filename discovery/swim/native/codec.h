// codec: the native form of messages: fixed fields, texts behind one byte of length.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"
#include "wire/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace mw::swim::native {

// The layout of all this is PROTOCOL.md; its golden bytes are a test.
enum class kind : std::uint8_t {
  ping = 1,
  ping_request = 2,
  ack = 3,
  nack = 4,
  suspect = 5,
  alive = 6,
  dead = 7,
  user = 8,
  challenge = 16,
  proof = 17,
  alive_signed = 128,  // passed over by those that do not know it
  left_signed = 129,
};

inline constexpr std::size_t packet_max = 1400;
inline constexpr std::size_t packet_overhead = 56;  // header and tag, with some to spare

class codec final : public message_codec {
 public:
  [[nodiscard]] std::string encode(const message& m) const override;
  [[nodiscard]] std::size_t packet_room() const override { return packet_max - packet_overhead; }
  [[nodiscard]] std::size_t part_overhead() const override { return 2; }
};

[[nodiscard]] std::optional<message> decode(std::string_view bytes);

// Shared with the form of whole records in streams.
void put_address(std::string& out, const endpoint& at);
[[nodiscard]] endpoint read_address(byte_reader& in);
void put_alive(std::string& out, const alive_claim& c);
[[nodiscard]] alive_claim read_alive(byte_reader& in);
void put_proof(std::string& out, const proof& p);  // a card's id and a signature: 80 bytes
[[nodiscard]] proof read_proof(byte_reader& in);
void put_id(std::string& out, const card_id& id);
[[nodiscard]] card_id read_id(byte_reader& in);
// Kinds that decode() understands or refuses; all others are for newer versions.
[[nodiscard]] bool is_known(std::uint8_t number);

}  // namespace mw::swim::native

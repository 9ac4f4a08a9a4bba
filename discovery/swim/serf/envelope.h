// envelope: memberlist's layers of packets and streams: label, encryption, sum, compression.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "wire/envelope.h"
#include "wire/keyring.h"

#include <mw/function.h>

#include <optional>
#include <string>
#include <string_view>

namespace mw::swim::serf {

inline constexpr std::size_t packet_expanded_max = 64 * 1024;
inline constexpr std::size_t stream_expanded_max = 4 * 1024 * 1024;

// What all layers need. The keyring belongs to the caller and changes under us.
struct layers {
  const keyring* keys = nullptr;  // never null; empty: no encryption
  std::string label;              // empty: none
  function<std::string()> nonce;  // 12 fresh bytes each time

  [[nodiscard]] std::size_t room_taken() const;  // bytes of a packet
};

class envelope final : public packet_envelope {
 public:
  explicit envelope(const layers& with) : with_(with) {}
  [[nodiscard]] std::string close(const packet& p, time_point now) override;
  [[nodiscard]] opened_packet open(std::string_view bytes, const endpoint& from,
                                   time_point now) override;

 private:
  const layers& with_;
};

struct unwrapped {
  std::string bytes;
  drop why = drop::none;
};
// The encryption of one packet.
[[nodiscard]] std::string encrypt_packet(const layers& with, std::string_view plain);
[[nodiscard]] unwrapped decrypt_packet(const layers& with, std::string_view bytes);

// One message of a stream, as the dialler sends it (with the label) or as the other end answers.
[[nodiscard]] std::string close_stream(const layers& with, std::string_view plain, bool dialler);
// A whole message as stream_cutter cut it, from its first byte behind the label.
[[nodiscard]] unwrapped open_stream(const layers& with, std::string_view bytes);

}  // namespace mw::swim::serf

// settings: what the YAML stanza may say, and the limits that follow from it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mux/assembler.h"
#include "mux/exchanges.h"
#include "mux/outbox.h"

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::pool {

enum class compression_choice : std::uint8_t { off, lz4, zstd, automatic };
constexpr std::array<std::string_view, 4> option_names(compression_choice) {
  return {"off", "lz4", "zstd", "auto"};
}
enum class checksum_choice : std::uint8_t { off, crc32c, xxh3, automatic };
constexpr std::array<std::string_view, 4> option_names(checksum_choice) {
  return {"off", "crc32c", "xxh3", "auto"};
}

// Not a wildcard, a port nobody has chosen yet, or a path on this machine.
[[nodiscard]] bool others_reach(const endpoint& at);

struct settings {
  std::string id;
  std::optional<endpoint> advertise;

  // Connections.
  range connections{1, 4};
  std::uint32_t connections_total = 10'000;
  std::uint32_t unproved = 1024;
  std::uint32_t dials = 64;
  std::uint32_t streams = 256;
  duration dial_deadline = 5s;
  duration handshake_deadline = 5s;
  duration idle_timeout = 5min;
  duration lifetime = 30min;
  duration drain_deadline = 10s;
  duration retry_from = 100ms;
  duration retry_to = 30s;
  duration keep_alive = 5s;
  std::uint32_t dead_after = 3;

  // Peers.
  std::uint32_t peers = 10'000;
  duration forget_after = 60s;
  std::uint32_t waiting_messages = 1024;
  byte_size waiting_bytes{16 * 1024 * 1024};
  duration waiting_deadline = 5s;

  // Messages.
  byte_size message_max{16 * 1024 * 1024};
  byte_size fragment{128 * 1024};
  byte_size reassembly_max{64 * 1024 * 1024};
  duration assembly_deadline = 10s;
  rate assembly_rate{1024};
  byte_size outbox{16 * 1024 * 1024};
  std::uint32_t outbox_messages = 65'536;
  byte_size unsent{256 * 1024};
  byte_size link_window{2 * 1024 * 1024};
  byte_size stream_window{256 * 1024};
  std::uint32_t exchanges = 4096;
  compression_choice compression = compression_choice::off;
  byte_size compress_from{1024};
  bool compress_unauthenticated = false;
  checksum_choice checksum = checksum_choice::automatic;

  // What a peer may do.
  rate cancels{1000};
  rate pings{10};
  rate frames{0};

  void fields(field_visitor& v);

  [[nodiscard]] outbox_limits outbox_bounds() const;
  [[nodiscard]] assembly_limits assembly_bounds() const;
};

}  // namespace mw::pool

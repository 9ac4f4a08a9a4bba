// settings: the options of the sealer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/limits.h"

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace mw::sealing {

enum class cipher : std::uint8_t { aes_256_gcm, chacha20_poly1305 };
constexpr std::array<std::string_view, 2> option_names(cipher) {
  return {"aes-256-gcm", "chacha20-poly1305"};
}

struct settings {
  sealing::cipher cipher = sealing::cipher::aes_256_gcm;
  duration rotate_every = 24h;
  std::uint64_t rotate_records = std::uint64_t{1} << 23;
  byte_size rotate_bytes{std::uint64_t{256} << 30};
  duration grace = 2min;
  std::uint32_t window = 16'384;
  duration age_max = 2min;
  duration clock_skew = 5min;
  std::uint64_t forgeries_max = std::uint64_t{1} << 20;
  duration announce_every = 1s;
  std::uint32_t peers_max = 4096;

  void fields(field_visitor& v);
  [[nodiscard]] limits as_limits() const;
};

}  // namespace mw::sealing

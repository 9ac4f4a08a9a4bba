// limits: what the core is told about time, sizes and numbers; settings.h documents each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/crypto/aead.h"

#include <mw/types.h>

#include <cstdint>
#include <string>

namespace mw::sealing {

struct limits {
  crypto::aead_algorithm algorithm = crypto::aead_algorithm::aes_256_gcm;
  duration rotate_every = 24h;
  std::uint64_t rotate_records = std::uint64_t{1} << 23;
  std::uint64_t rotate_bytes = std::uint64_t{256} << 30;
  duration grace = 2min;
  std::uint32_t window = 16'384;
  duration age_max = 2min;
  duration clock_skew = 5min;
  std::uint64_t forgeries_max = std::uint64_t{1} << 20;
  duration announce_every = 1s;
  std::uint32_t peers_max = 4096;
};

struct whoami {
  std::string node;
  std::string cluster;
};

}  // namespace mw::sealing

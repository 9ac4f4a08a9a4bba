// rules: what the ledger goes by; made from the YAML and from the file of lists.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/account.h"
#include "core/meter.h"
#include "core/standing.h"
#include "networks/prefix_trie.h"

#include <mw/admission.h>

#include <array>
#include <optional>
#include <vector>

namespace mw::firewall {

// What an address list says; a larger one wins where two lists name the same network.
enum class listing : prefix_trie::value_type { allow, exempt, deny };

// Connections per second of each network of this size: an address is /32 of IPv4 and /64 of IPv6.
struct connection_rate {
  std::uint8_t v4_bits = 32;
  std::uint8_t v6_bits = 64;
  pace allowed;
};

struct unproved_rules {
  std::uint32_t total = 1024;
  std::uint32_t per_address = 16;
  std::uint32_t per_network = 128;
  duration deadline = 5s;
  account_limits limits;  // of all together
  std::uint64_t memory_each = 64 * 1024;
};

struct frame_rule {
  pace allowed;
  frame_verdict beyond = frame_verdict::close;
};
using frame_rules = std::array<std::optional<frame_rule>, admission_scope::frame_kinds>;

struct rules {
  bool default_deny = false;
  std::vector<connection_rate> rates;
  unproved_rules unproved;
  frame_rules connection_frames;
  frame_rules peer_frames;
  account_limits system, listener, peer, connection;
  std::uint64_t stream_memory = 0;
  std::uint64_t newcomers_below = 0;  // bytes booked of the system's memory
  cool_down_rules cooling;
  std::size_t addresses = 16'384;  // remembered for rates and offences
  std::size_t bans_max = 4096;
};

}  // namespace mw::firewall

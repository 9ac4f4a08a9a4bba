// model: what the parts of the core share: settings, packets to send, counts, texts of records.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/dns/message.h"

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw::mdns {

using dns::name;
using dns::record;

inline constexpr std::uint16_t port = 5353;
inline constexpr std::size_t packet_max = 1'440;  // bytes that fit into a frame of Ethernet
inline constexpr std::uint32_t host_ttl = 120;    // seconds, of records with a host's name in them
inline constexpr std::uint32_t other_ttl = 4'500;
inline constexpr time_point never{duration::max()};
inline constexpr time_point long_ago{duration::min() / 2};

struct settings {
  name service;                  // for example _meshwright._tcp.local
  std::size_t peers_max = 1000;  // instances that are kept; further ones are refused
  rate packets{500};             // that are looked at
  rate replies{20};              // to single askers
  // Without port 5353: asks from another port and does not answer.
  bool one_shot = false;
};

// What this node says about itself on one interface.
struct facts {
  std::string id;
  std::string cluster;
  std::string zone;
  endpoint address;
  friend bool operator==(const facts&, const facts&) = default;
};

// Without `to`: for the group.
struct packet {
  std::string bytes;
  std::optional<endpoint> to;
};

struct counts {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t malformed = 0;         // not DNS, or records that make no sense
  std::uint64_t flood = 0;             // beyond the rate
  std::uint64_t off_link = 0;          // not from this network
  std::uint64_t wrong_port = 0;        // answers from another port than 5353
  std::uint64_t questions = 0;         // that we asked
  std::uint64_t answers = 0;           // records that we sent
  std::uint64_t suppressed = 0;        // answers that the asker, or everybody, knew already
  std::uint64_t postponed = 0;         // answers held back: the record was just sent
  std::uint64_t refused = 0;           // replies to single askers beyond the rate
  std::uint64_t conflicts = 0;         // others with our names
  std::uint64_t deferred = 0;          // probes lost against others that wanted the same name
  std::uint64_t overflow = 0;          // records for which there is no room
  std::uint64_t unresolved = 0;        // instances given up: nobody says where they are
  std::uint64_t questions_shared = 0;  // that others asked for us
};

}  // namespace mw::mdns

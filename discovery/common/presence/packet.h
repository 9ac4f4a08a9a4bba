// packet: one call: who, where, which life, the how-manieth; sealed with a key when there is one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::presence {

inline constexpr std::size_t tag_size = 32;     // HMAC-SHA256, at the end
inline constexpr std::size_t packet_max = 700;  // four texts at their longest, and the rest

enum class kind : std::uint8_t {
  here = 1,   // this node is at this address
  leave = 2,  // it no longer is
  ask = 3,    // who is there? of a node that has just come
};

// On the wire, numbers big-endian: "MWP" and the version, kind u8, flags u8 (bit 0: a tag follows),
// life u64, number u32, sent u64 (wall clock, ms), interval u32 (ms); then cluster, id, zone and
// address, each behind its length u8; then the tag over all before it.
struct call {
  kind what = kind::here;
  std::uint64_t life = 0;    // greater in each life of a node
  std::uint32_t number = 0;  // of the packet in this life, from 1
  std::uint64_t sent_ms = 0;
  std::uint32_t interval_ms = 0;  // until the next one
  std::string cluster;
  std::string id;
  std::string zone;
  std::string address;  // empty in `ask`
  friend bool operator==(const call&, const call&) = default;
};

// An empty key: no tag.
[[nodiscard]] std::string encode(const call& of, std::string_view key);

// `invalid`: not such a packet; `unsupported`: of another version; `denied`: the tag is missing,
// wrong, or there although no key is known here.
[[nodiscard]] result<call> decode(bytes_view packet, std::string_view key);

}  // namespace mw::presence

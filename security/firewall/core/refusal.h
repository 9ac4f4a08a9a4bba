// refusal: every reason for which somebody is turned away; the label values of metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::firewall {

enum class refusal : std::uint8_t {
  none,
  denied_list,        // an address list forbids it
  not_listed,         // default: deny, and no list allows it
  banned,             // by a person
  cooling_down,       // after too many offences
  rate,               // connections per second of its address or network
  memory_pressure,    // so much of the node's memory is booked that nobody new comes in
  unproved_address,   // too many of its address have not said who they are
  unproved_network,   // the same of its network
  unproved_total,     // the oldest of all that have not said who they are made room
  unproved_deadline,  // it did not say who it is in time
  connections_peer,
  connections_listener,
  connections_system,
  memory_stream,
  memory_connection,
  memory_unproved,
  memory_peer,
  memory_listener,
  memory_system,
  streams_connection,
  streams_peer,
  streams_listener,
  streams_system,
  frame_dropped,
  frame_closed,
};
inline constexpr std::size_t refusal_count = 26;

inline constexpr std::array<std::string_view, refusal_count> refusal_names = {
    "none",
    "denied_list",
    "not_listed",
    "banned",
    "cooling_down",
    "rate",
    "memory_pressure",
    "unproved_address",
    "unproved_network",
    "unproved_total",
    "unproved_deadline",
    "connections_peer",
    "connections_listener",
    "connections_system",
    "memory_stream",
    "memory_connection",
    "memory_unproved",
    "memory_peer",
    "memory_listener",
    "memory_system",
    "streams_connection",
    "streams_peer",
    "streams_listener",
    "streams_system",
    "frame_dropped",
    "frame_closed",
};
[[nodiscard]] constexpr std::string_view to_string(refusal why) {
  return refusal_names[static_cast<std::size_t>(why) % refusal_count];
}

}  // namespace mw::firewall

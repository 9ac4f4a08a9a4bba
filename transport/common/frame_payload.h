// frame_payload: the small payloads of the link itself: credit, goodbye, first fragment.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>
#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mw::wire {

inline constexpr std::size_t credit_bytes = 4;
inline constexpr std::size_t fragment_size_bytes = 4;
inline constexpr std::size_t ping_max = 16;
inline constexpr std::size_t farewell_max = 201;  // kind u8, then at most 200 bytes of text

// Of a credit frame, and of the message's whole size in front of its first fragment.
void write_u32(std::uint32_t value, std::byte* to);

// `invalid` unless it is one number above zero.
[[nodiscard]] result<std::uint32_t> read_credit(bytes_view payload);

// The whole size, without consuming it. `invalid` when it is missing, above `limit`, or not above
// what this fragment itself carries: then there would be no need for fragments.
[[nodiscard]] result<std::uint32_t> read_fragment_size(bytes_view payload, std::size_t limit);

// `invalid` when a ping or pong carries more than it may.
[[nodiscard]] status check_ping(bytes_view payload);

// A reason for goodbye, reset and refusal frames of the link; returns the bytes used. The text is
// cut between two characters.
std::size_t write_farewell(const failure& why, std::span<std::byte, farewell_max> to);

// What the peer said, with every control character and everything that is not UTF-8 replaced by
// '?'. Total: any bytes give a failure to show.
[[nodiscard]] failure read_farewell(bytes_view payload);

}  // namespace mw::wire

// peer_list: the list of peers: read from text, merged, and compared with the one before.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/events_peer.h>
#include <mw/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace static_peers {

inline constexpr std::size_t peers_max = 10000;
inline constexpr std::size_t line_max = 512;      // bytes
inline constexpr std::size_t file_max = 4 << 20;  // bytes
inline constexpr std::size_t name_max = 128;      // bytes of an id or a zone

// Sorted by address, each address once; a later entry for an address wins.
using peer_list = std::vector<mw::peer_found>;

// A line each: `ADDRESS [id=NAME] [zone=NAME]`; empty lines and what follows `#` mean nothing.
// All or nothing: `invalid` with the line's number when one of them is wrong.
[[nodiscard]] mw::result<peer_list> parse_peers(std::string_view text);

// `invalid` when a name is empty, too long, or has other characters than letters, digits and ._-
[[nodiscard]] mw::status check_name(std::string_view name);

// Sorts and removes doubles. `overloaded` beyond peers_max.
[[nodiscard]] mw::status normalise(peer_list& list);

struct difference {
  std::vector<mw::peer_found> found;  // new, or with other facts
  std::vector<mw::peer_found> lost;
};
[[nodiscard]] difference compare(const peer_list& before, const peer_list& after);

}  // namespace static_peers

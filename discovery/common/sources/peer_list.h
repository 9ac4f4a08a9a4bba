// peer_list: a list of peers as sources of discovery keep it: sorted, each address once.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/events_peer.h>
#include <mw/result.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mw::sources {

inline constexpr std::size_t peers_max = 10000;
inline constexpr std::size_t name_max = 128;  // bytes of an id or a zone

// Sorted by address, each address once; a later entry for an address wins.
using peer_list = std::vector<peer_found>;

// `invalid` when a name is empty, too long, or has other characters than letters, digits and ._-
[[nodiscard]] status check_name(std::string_view name);

// Text of others for a message to people: quoted, cut at 64 bytes, without control characters.
[[nodiscard]] std::string quoted(std::string_view text);

// Sorts and removes doubles. `overloaded` beyond peers_max.
[[nodiscard]] status normalise(peer_list& list);

struct difference {
  std::vector<peer_found> found;  // new, or with other facts
  std::vector<peer_found> lost;
};
[[nodiscard]] difference compare(const peer_list& before, const peer_list& after);

}  // namespace mw::sources

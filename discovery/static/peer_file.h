// peer_file: the list of peers as text, a line each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/sources/peer_list.h"

#include <cstddef>
#include <string_view>

namespace static_peers {

using mw::sources::peer_list;

inline constexpr std::size_t line_max = 512;      // bytes
inline constexpr std::size_t file_max = 4 << 20;  // bytes

// A line each: `ADDRESS [id=NAME] [zone=NAME]`; empty lines and what follows `#` mean nothing.
// All or nothing: `invalid` with the line's number when one of them is wrong.
[[nodiscard]] mw::result<peer_list> parse_peers(std::string_view text);

}  // namespace static_peers

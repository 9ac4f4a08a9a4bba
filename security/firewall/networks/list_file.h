// list_file: networks that are let in or kept out, a line each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/rules.h"
#include "networks/prefix_trie.h"

#include <string_view>
#include <vector>

namespace mw::firewall {

inline constexpr std::size_t list_bytes_max = 4 * 1024 * 1024;
inline constexpr std::size_t list_lines_max = 256;  // bytes of one line
inline constexpr std::size_t list_entries_max = 50'000;

struct list_entry {
  network at;
  listing what = listing::deny;
  friend bool operator==(const list_entry&, const list_entry&) = default;
};
using entry_list = std::vector<list_entry>;

// Lines "ACTION NETWORK", where the action is allow, exempt or deny; # begins a comment. `invalid`
// with the number of the first wrong line: half a list is none.
[[nodiscard]] result<entry_list> parse_lists(std::string_view text);

// Where two entries name the same network, the stricter one holds: deny, then exempt, then allow.
void add_to(prefix_trie& lists, const entry_list& entries);

}  // namespace mw::firewall

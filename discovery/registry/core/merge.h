// merge: the listings of several sources as one list of nodes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ledger.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::registry {

// What is told of a node that is listed at several addresses.
enum class address_choice : std::uint8_t { first, all };
constexpr std::array<std::string_view, 2> option_names(address_choice) {
  return {"first", "all"};
}

// One node: the listings with its id, and those that know no more than one of its addresses.
struct node_entry {
  std::string id;  // empty: no source knows it
  std::string zone;
  std::vector<std::string> addresses;         // the best first
  std::vector<std::uint32_t> listed_by;       // sources, in the order of precedence
  held_because held = held_because::nothing;  // nothing: at least one source lists it now
};

struct merged_view {
  std::vector<node_entry> nodes;
  std::size_t conflicts = 0;  // listings whose address a better source gives to another node
  std::size_t left_out = 0;   // addresses beyond the limit
};

// `ledgers` come in the order of precedence. Of two sources that disagree the earlier one is right,
// and what is listed now is right before what is held. At most `limit` addresses, of the earlier
// sources first.
[[nodiscard]] merged_view merge(const std::vector<ledger>& ledgers, std::size_t limit);

[[nodiscard]] sources::peer_list to_list(const merged_view& view, address_choice which);

}  // namespace mw::registry

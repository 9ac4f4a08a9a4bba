// leaf: from the certificate of a peer to its identity, by the leaf rules of X.509-SVID.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/x509/refusals.h"

#include <mw/authn.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::spiffe {

inline constexpr std::size_t leaf_size_max = 32 << 10;  // bytes of DER
inline constexpr std::size_t node_size_max = 128;       // bytes of a node id

// How the node id follows from the path: `/node/{id}`, `/ns/*/node/{id}`. Literal segments, `*` for
// any one, and exactly one {id}.
struct node_pattern {
  std::vector<std::string> parts;
};
[[nodiscard]] result<node_pattern> parse_node_pattern(std::string_view text);

struct leaf_rules {
  std::vector<std::string> domains;  // trust domains that are accepted
  std::vector<node_pattern> nodes;   // the first that fits gives the node id
};

// The identity, or which rule is broken first. Bounds before parsing; never a length that the
// certificate claims. Looks neither at the chain nor at the time.
[[nodiscard]] x509::judged<peer_identity> judge_leaf(bytes_view der, peer_side side,
                                                     const leaf_rules& rules);

// The name alone: parsed, of a domain that is accepted, and of a node.
[[nodiscard]] x509::judged<peer_identity> judge_name(std::string_view uri, const leaf_rules& rules);

}  // namespace mw::spiffe

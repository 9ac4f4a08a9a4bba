// peers_seen: who the peers are, from a channel or else from sources of peers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"

#include <mw/channel.h>
#include <mw/discovery.h>

#include <vector>

namespace mw::checks {

// Peers whose id and address are known. A channel knows who is really there, so it goes first.
[[nodiscard]] std::vector<peer_target> peers_seen(const channel* over,
                                                  const std::vector<discovery*>& sources);

// Where a check looks at a peer: `port` of its host, or what it is known by. `invalid`: its address
// is none.
[[nodiscard]] result<endpoint> endpoint_of(const std::string& address, std::uint16_t port);

}  // namespace mw::checks

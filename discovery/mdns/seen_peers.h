// seen_peers: services that were seen, as peers with one address each.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/sources/peer_list.h"
#include "core/link.h"

#include <set>
#include <string>

namespace mw::mdns {

// Adds the peers of one interface. Those of other clusters, and those with names that are none, are
// noted in `foreign` instead. A service that says no cluster is listed: the transport will ask.
void add_peers(const link& from, const std::string& cluster, sources::peer_list& peers,
               std::set<std::string>& foreign);

// The best of a host's addresses here: in the network of the interface, IPv4 first. Size zero when
// none can be used.
[[nodiscard]] dns::address best_address(const lan::interface& where,
                                        const std::vector<dns::address>& of);

}  // namespace mw::mdns

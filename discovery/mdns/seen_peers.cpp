// seen_peers: see seen_peers.h.
// SPDX-License-Identifier: Apache-2.0
#include "seen_peers.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace mw::mdns {

dns::address best_address(const lan::interface& where, const std::vector<dns::address>& of) {
  const auto rank = [&](const dns::address& one) {
    return std::tuple(!lan::on_link(where, one), one.size != 4, lan::is_link_local(one), one);
  };
  dns::address best;
  for (const dns::address& one : of) {
    const bool any = std::all_of(one.bytes.begin(), one.bytes.end(), [](auto b) { return b == 0; });
    const bool group = one.size == 4 ? one.bytes[0] >= 224 : one.bytes[0] == 0xff;
    // Who says on a network that it is reached at a loopback address would send us to ourselves.
    if (any || group || (lan::is_loopback(one) && !where.is_loopback())) continue;
    if (best.size == 0 || rank(one) < rank(best)) best = one;
  }
  return best;
}

void add_peers(const link& from, const std::string& cluster, sources::peer_list& peers,
               std::set<std::string>& foreign) {
  for (const sighting& one : from.sightings()) {
    const auto texts = read_texts(one.texts);
    if (!texts || (!texts->cluster.empty() && texts->cluster != cluster)) {
      foreign.insert(one.instance.text());
      continue;
    }
    endpoint at{.host = one.target.text(), .port = one.port};
    if (!one.addresses.empty()) {
      const dns::address best = best_address(from.where(), one.addresses);
      at.host = to_string(best);
      if (best.size == 16 && lan::is_link_local(best) && !from.where().scope.empty())
        at.host += "%" + from.where().scope;
      if (best.size == 0) at.host.clear();
    }
    const std::string address = to_string(at);
    if (at.host.empty() || !parse_endpoint(address)) {
      foreign.insert(one.instance.text());
      continue;
    }
    peers.push_back({.id = texts->id, .address = address, .zone = texts->zone});
  }
}

}  // namespace mw::mdns

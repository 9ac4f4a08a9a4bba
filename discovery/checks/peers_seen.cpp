// peers_seen: the first that knows an id is believed.
// SPDX-License-Identifier: Apache-2.0
#include "peers_seen.h"

namespace mw::checks {

std::vector<peer_target> peers_seen(const channel* over, const std::vector<discovery*>& sources) {
  std::vector<peer_target> out;
  if (over != nullptr) {
    for (const peer_view& one : over->peers())
      if (!one.id.empty() && !one.address.empty() && one.state != peer_state::gone)
        out.push_back({one.id, one.address});
    return out;
  }
  for (const discovery* source : sources)
    for (const peer_found& one : source->peers())
      if (!one.id.empty()) out.push_back({one.id, one.address});
  return out;
}

result<endpoint> endpoint_of(const std::string& address, std::uint16_t port) {
  MW_TRY(endpoint at, parse_endpoint(address));
  if (port != 0 && at.local)
    return {errc::invalid,
            address + " is a unix socket, which has no port " + std::to_string(port)};
  if (port != 0) at.port = port;
  return at;
}

}  // namespace mw::checks

// published_peers: see published_peers.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/sources/published_peers.h"

#include <mw/toolkit/json_writer.h>

#include <utility>

namespace mw::sources {

status published_peers::take(peer_list next) {
  for (peer_found& peer : next) peer.source = name_;
  MW_CHECK(normalise(next));
  const difference change = compare(list_, next);
  list_ = std::move(next);
  for (const peer_found& peer : change.lost)
    lost_.publish({.id = peer.id, .address = peer.address, .source = peer.source});
  for (const peer_found& peer : change.found) found_.publish(peer);
  return {};
}

std::string published_peers::as_json() const {
  json_writer out;
  out.begin_array();
  for (const peer_found& peer : list_)
    out.begin_object()
        .key("address")
        .value(peer.address)
        .key("id")
        .value(peer.id)
        .key("zone")
        .value(peer.zone)
        .end_object();
  return out.end_array().take();
}

}  // namespace mw::sources

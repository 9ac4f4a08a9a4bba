// peer: what is known of one node and of the way to it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "peers/backoff.h"
#include "peers/waiting.h"

#include <mw/channel.h>

#include <string>
#include <vector>

namespace mw::pool {

struct peer {
  // Who said that it exists, and where.
  struct listing {
    std::string source;
    std::string address;
  };

  peer_view view;
  std::vector<listing> listings;
  std::vector<std::string> addresses;  // to dial, the newest first

  backoff retry;
  time_point dial_from{};         // not before
  std::uint32_t dialling = 0;     // dials and handshakes of ours under way
  std::size_t next_address = 0;   // counts dials, so that all addresses get their turn
  bool wants_more_links = false;  // the present ones are busy

  std::vector<link_ref> links;  // usable, the oldest first
  waiting_queue waiting;
  bool wants_room = false;   // a sender was refused and waits for on_room()
  time_point quiet_since{};  // when its last link or listing went

  [[nodiscard]] bool listed() const { return !listings.empty(); }
  [[nodiscard]] const std::string& name() const { return view.id.empty() ? view.address : view.id; }
};

}  // namespace mw::pool

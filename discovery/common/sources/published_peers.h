// published_peers: the list of a source, and the events that say how it changed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/sources/peer_list.h"

#include <mw/host.h>

#include <string>

namespace mw::sources {

// Lives in the plug-in that publishes. Each peer carries the plug-in's name as its source.
class published_peers {
 public:
  explicit published_peers(const host& node)
      : name_(node.name()),
        found_(node.bus().open<peer_found>()),
        lost_(node.bus().open<peer_lost>()) {}

  // Replaces the list: `peer.lost/1` for each that is gone, `peer.found/1` for each that is new or
  // has other facts. `overloaded`: too many; the list is as before.
  [[nodiscard]] status take(peer_list next);
  [[nodiscard]] const peer_list& list() const { return list_; }
  [[nodiscard]] std::string as_json() const;

 private:
  std::string name_;
  publisher<peer_found> found_;
  publisher<peer_lost> lost_;
  peer_list list_;
};

}  // namespace mw::sources

// events_peer: the shared events about peers: found, up, suspect, down, left.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

struct peer_found {
  static constexpr std::string_view topic = "peer.found/1";
  static constexpr std::string_view doc = "A discovery source knows a node that may be contacted.";
  std::string id;
  std::string address;
  std::string zone;
  std::string source;
  static constexpr auto fields() {
    return field_list(field<&peer_found::id>("id", "Node id; empty when not known yet."),
                      field<&peer_found::address>("address", "Endpoint of the peer."),
                      field<&peer_found::zone>("zone", "Zone of the peer."),
                      field<&peer_found::source>("source", "Discovery plug-in that found it."));
  }
};

struct peer_lost {
  static constexpr std::string_view topic = "peer.lost/1";
  static constexpr std::string_view doc = "A discovery source no longer lists a node.";
  std::string id;
  std::string address;
  std::string source;
  static constexpr auto fields() {
    return field_list(field<&peer_lost::id>("id", "Node id."),
                      field<&peer_lost::address>("address", "Endpoint of the peer."),
                      field<&peer_lost::source>("source", "Discovery plug-in that lost it."));
  }
};

struct peer_joining {
  static constexpr std::string_view topic = "peer.joining/1";
  static constexpr std::string_view doc = "A node asks to become a member.";
  std::string id;
  std::string address;
  static constexpr auto fields() {
    return field_list(field<&peer_joining::id>("id", "Node id."),
                      field<&peer_joining::address>("address", "Endpoint of the peer."));
  }
};

struct peer_up {
  static constexpr std::string_view topic = "peer.up/1";
  static constexpr std::string_view doc = "A peer is a member and alive.";
  std::string id;
  std::string address;
  std::string zone;
  std::uint64_t incarnation = 0;
  static constexpr auto fields() {
    return field_list(
        field<&peer_up::id>("id", "Node id."),
        field<&peer_up::address>("address", "Endpoint of the peer."),
        field<&peer_up::zone>("zone", "Zone of the peer."),
        field<&peer_up::incarnation>("incarnation", "Life of the peer this speaks of."));
  }
};

struct peer_suspect {
  static constexpr std::string_view topic = "peer.suspect/1";
  static constexpr std::string_view doc = "A peer may be down.";
  std::string id;
  double level = 0;
  std::string reason;
  static constexpr auto fields() {
    return field_list(field<&peer_suspect::id>("id", "Node id."),
                      field<&peer_suspect::level>("level", "Suspicion, in the detector's scale."),
                      field<&peer_suspect::reason>("reason", "Evidence in words."));
  }
};

struct peer_down {
  static constexpr std::string_view topic = "peer.down/1";
  static constexpr std::string_view doc = "A peer is considered dead.";
  std::string id;
  std::string address;
  std::string reason;
  static constexpr auto fields() {
    return field_list(field<&peer_down::id>("id", "Node id."),
                      field<&peer_down::address>("address", "Endpoint of the peer."),
                      field<&peer_down::reason>("reason", "Evidence in words."));
  }
};

struct peer_leaving {
  static constexpr std::string_view topic = "peer.leaving/1";
  static constexpr std::string_view doc = "A peer announced that it leaves.";
  std::string id;
  static constexpr auto fields() { return field_list(field<&peer_leaving::id>("id", "Node id.")); }
};

struct peer_left {
  static constexpr std::string_view topic = "peer.left/1";
  static constexpr std::string_view doc = "A peer left in good order.";
  std::string id;
  static constexpr auto fields() { return field_list(field<&peer_left::id>("id", "Node id.")); }
};

struct peer_changed {
  static constexpr std::string_view topic = "peer.changed/1";
  static constexpr std::string_view doc = "Address, zone or tags of a peer changed.";
  std::string id;
  std::string address;
  std::string zone;
  static constexpr auto fields() {
    return field_list(field<&peer_changed::id>("id", "Node id."),
                      field<&peer_changed::address>("address", "Endpoint of the peer."),
                      field<&peer_changed::zone>("zone", "Zone of the peer."));
  }
};

}  // namespace mw

// events_cluster: the shared events about links, health, consensus and certificates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

struct link_up {
  static constexpr std::string_view topic = "link.up/1";
  static constexpr std::string_view doc = "A connection to a peer is usable.";
  std::string peer;
  std::string address;
  std::string transport;
  static constexpr auto fields() {
    return field_list(field<&link_up::peer>("peer", "Node id."),
                      field<&link_up::address>("address", "Remote endpoint."),
                      field<&link_up::transport>("transport", "Plug-in that carries it."));
  }
};

struct link_down {
  static constexpr std::string_view topic = "link.down/1";
  static constexpr std::string_view doc = "A connection to a peer ended.";
  std::string peer;
  std::string address;
  std::string reason;
  static constexpr auto fields() {
    return field_list(field<&link_down::peer>("peer", "Node id."),
                      field<&link_down::address>("address", "Remote endpoint."),
                      field<&link_down::reason>("reason", "Why, in words."));
  }
};

struct health_changed {
  static constexpr std::string_view topic = "health.changed/1";
  static constexpr std::string_view doc =
      "What one reporter thinks of the health of a peer or service has changed. The lowest score "
      "of "
      "all reporters counts.";
  std::string subject;
  double score = 0;
  std::string reason;
  std::string by;
  static constexpr auto fields() {
    return field_list(
        field<&health_changed::subject>("subject", "Node or service."),
        field<&health_changed::score>("score", "0 (bad) to 1 (good)."),
        field<&health_changed::reason>("reason", "Evidence in words."),
        field<&health_changed::by>("by",
                                   "Who says so: a plug-in by its name in the YAML. Its scores "
                                   "replace each other; 1 takes its opinion back."));
  }
};

struct breaker_changed {
  static constexpr std::string_view topic = "breaker.changed/1";
  static constexpr std::string_view doc = "A circuit breaker opened, half-opened or closed.";
  std::string peer;
  std::string state;
  static constexpr auto fields() {
    return field_list(field<&breaker_changed::peer>("peer", "Node id."),
                      field<&breaker_changed::state>("state", "closed, open or half_open."));
  }
};

struct leader_changed {
  static constexpr std::string_view topic = "leader.changed/1";
  static constexpr std::string_view doc = "A consensus group has another leader, or none.";
  std::string group;
  std::string leader;
  std::uint64_t term = 0;
  static constexpr auto fields() {
    return field_list(field<&leader_changed::group>("group", "Consensus group."),
                      field<&leader_changed::leader>("leader", "Node id; empty: none known."),
                      field<&leader_changed::term>("term", "Term of the election."));
  }
};

struct membership_changed {
  static constexpr std::string_view topic = "membership.changed/1";
  static constexpr std::string_view doc = "The decided membership changed.";
  std::string group;
  std::uint64_t version = 0;
  std::string members;
  static constexpr auto fields() {
    return field_list(
        field<&membership_changed::group>("group", "Consensus group."),
        field<&membership_changed::version>("version", "Number of the configuration."),
        field<&membership_changed::members>("members", "Node ids, comma separated."));
  }
};

struct view_changed {
  static constexpr std::string_view topic = "view.changed/1";
  static constexpr std::string_view doc = "A materialized view was refreshed.";
  std::string view;
  std::uint64_t version = 0;
  static constexpr auto fields() {
    return field_list(field<&view_changed::view>("view", "Name of the view."),
                      field<&view_changed::version>("version", "Number of the refresh."));
  }
};

struct certificate_rotated {
  static constexpr std::string_view topic = "certificate.rotated/1";
  static constexpr std::string_view doc = "A new certificate set is in use.";
  std::string name;
  std::uint64_t trust_epoch = 0;
  wall_time expires{};
  static constexpr auto fields() {
    return field_list(
        field<&certificate_rotated::name>("name", "Credentials stanza."),
        field<&certificate_rotated::trust_epoch>("trust_epoch", "Number of the set."),
        field<&certificate_rotated::expires>("expires", "End of the leaf's validity."));
  }
};

}  // namespace mw

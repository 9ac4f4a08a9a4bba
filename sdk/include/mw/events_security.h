// events_security: what an audit log has to know about access, policies and identities.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

// `number` counts the events of one publisher from 1: whoever keeps them sees what is missing.

struct access_denied {
  static constexpr std::string_view topic = "access.denied/1";
  static constexpr std::string_view doc = "Somebody wanted what the policy does not allow.";
  std::uint64_t number = 0;
  std::string reference;
  std::string identity;
  std::string node;
  std::string verb;
  std::string resource;
  std::string path;
  std::uint32_t rule = 0;
  std::uint64_t version = 0;
  static constexpr auto fields() {
    return field_list(
        field<&access_denied::number>("number", "Of this publisher, from 1."),
        field<&access_denied::reference>("reference", "What the refused one was told."),
        field<&access_denied::identity>("identity", "Who; empty when nothing proved it."),
        field<&access_denied::node>("node", "Node id of the peer; empty for admin pages."),
        field<&access_denied::verb>("verb", "call, send, join, offer, read or act."),
        field<&access_denied::resource>("resource", "Service, group or admin page."),
        field<&access_denied::path>("path", "How it came: message, item, outgoing, table, http."),
        field<&access_denied::rule>("rule", "Which rule denied; zero: none allowed."),
        field<&access_denied::version>("version", "Of the policy."));
  }
};

struct policy_changed {
  static constexpr std::string_view topic = "policy.changed/1";
  static constexpr std::string_view doc = "A policy is in force, or a bad one was turned away.";
  std::uint64_t number = 0;
  std::uint64_t version = 0;
  std::string digest;
  std::uint64_t rules = 0;
  std::string source;
  std::string problem;
  static constexpr auto fields() {
    return field_list(
        field<&policy_changed::number>("number", "Of this publisher, from 1."),
        field<&policy_changed::version>("version", "Of the policy in force."),
        field<&policy_changed::digest>("digest", "Equal on all nodes with equal rules."),
        field<&policy_changed::rules>("rules", "How many it has."),
        field<&policy_changed::source>("source", "The file; empty: the YAML alone."),
        field<&policy_changed::problem>("problem", "Why the last good one stays; empty: new."));
  }
};

struct identity_refused {
  static constexpr std::string_view topic = "identity.refused/1";
  static constexpr std::string_view doc = "A certificate is not an identity of ours.";
  std::uint64_t number = 0;
  std::string code;
  std::string text;
  std::string side;
  std::string fingerprint;
  static constexpr auto fields() {
    return field_list(
        field<&identity_refused::number>("number", "Of this publisher, from 1."),
        field<&identity_refused::code>("code", "The rule that was broken, such as AUTH007."),
        field<&identity_refused::text>("text", "What was expected."),
        field<&identity_refused::side>("side", "client or server: who showed it."),
        field<&identity_refused::fingerprint>("fingerprint", "SHA-256 of the certificate."));
  }
};

struct admin_acted {
  static constexpr std::string_view topic = "admin.acted/1";
  static constexpr std::string_view doc = "Somebody changed something by an admin page.";
  std::uint64_t number = 0;
  std::string identity;
  std::string resource;
  std::string remote;
  std::uint32_t status = 0;
  static constexpr auto fields() {
    return field_list(
        field<&admin_acted::number>("number", "Of this publisher, from 1."),
        field<&admin_acted::identity>("identity", "Who; empty when nobody had to say."),
        field<&admin_acted::resource>("resource", "The admin page."),
        field<&admin_acted::remote>("remote", "Where from."),
        field<&admin_acted::status>("status", "The HTTP status of the answer."));
  }
};

}  // namespace mw

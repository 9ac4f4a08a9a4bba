// events_node: the shared events about this node: life cycle, alerts, slow subscribers.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

struct node_started {
  static constexpr std::string_view topic = "node.started/1";
  static constexpr std::string_view doc = "All plug-ins of this node have started.";
  std::string node;
  static constexpr auto fields() {
    return field_list(field<&node_started::node>("node", "Node id."));
  }
};

struct node_ready {
  static constexpr std::string_view topic = "node.ready/1";
  static constexpr std::string_view doc = "Every required plug-in is ready.";
  std::string node;
  duration startup{};
  static constexpr auto fields() {
    return field_list(field<&node_ready::node>("node", "Node id."),
                      field<&node_ready::startup>("startup", "Time from start to ready."));
  }
};

struct node_draining {
  static constexpr std::string_view topic = "node.draining/1";
  static constexpr std::string_view doc = "The node stops: it takes no new work.";
  std::string node;
  duration deadline{};
  static constexpr auto fields() {
    return field_list(field<&node_draining::node>("node", "Node id."),
                      field<&node_draining::deadline>("deadline", "Time left to finish."));
  }
};

struct config_changed {
  static constexpr std::string_view topic = "config.changed/1";
  static constexpr std::string_view doc = "A new configuration is in force.";
  std::uint64_t generation = 0;
  std::string changed;
  static constexpr auto fields() {
    return field_list(
        field<&config_changed::generation>("generation", "Number of the configuration."),
        field<&config_changed::changed>("changed", "Changed keys, comma separated."));
  }
};

struct alert_raised {
  static constexpr std::string_view topic = "alert.raised/1";
  static constexpr std::string_view doc = "Something needs a person.";
  std::string name;
  std::string subject;
  std::string text;
  static constexpr auto fields() {
    return field_list(field<&alert_raised::name>("name", "Stable name of the alert."),
                      field<&alert_raised::subject>("subject", "What it is about."),
                      field<&alert_raised::text>("text", "What happened and what to do."));
  }
};

struct alert_cleared {
  static constexpr std::string_view topic = "alert.cleared/1";
  static constexpr std::string_view doc = "An alert no longer holds.";
  std::string name;
  std::string subject;
  static constexpr auto fields() {
    return field_list(field<&alert_cleared::name>("name", "Stable name of the alert."),
                      field<&alert_cleared::subject>("subject", "What it was about."));
  }
};

struct slow_subscriber {
  static constexpr std::string_view topic = "slow.subscriber/1";
  static constexpr std::string_view doc =
      "A subscriber does not keep up, or held its lane for too long.";
  std::string plugin;
  std::string slow_topic;
  std::uint64_t waiting = 0;
  duration age{};
  static constexpr auto fields() {
    return field_list(
        field<&slow_subscriber::plugin>("plugin", "Subscriber, as named in the YAML."),
        field<&slow_subscriber::slow_topic>("topic", "Topic; empty when the lane itself was held."),
        field<&slow_subscriber::waiting>("waiting", "Events in its queue."),
        field<&slow_subscriber::age>("age", "Since when it has not caught up."));
  }
};

struct plugin_failed {
  static constexpr std::string_view topic = "plugin.failed/1";
  static constexpr std::string_view doc = "A plug-in failed; its on_failure policy was applied.";
  std::string plugin;
  std::string policy;
  std::string reason;
  static constexpr auto fields() {
    return field_list(field<&plugin_failed::plugin>("plugin", "Plug-in, as named in the YAML."),
                      field<&plugin_failed::policy>("policy", "fail-node, degrade or retry."),
                      field<&plugin_failed::reason>("reason", "Why, in words."));
  }
};

}  // namespace mw

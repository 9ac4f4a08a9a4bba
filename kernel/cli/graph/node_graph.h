// node_graph: who calls whom and who hears whom in a composed node, and its drawings.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/composition.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mw::kernel::cli {

// A slot and who serves it: a stanza, the node itself, or nobody.
struct call_edge {
  std::string from;
  std::string slot;
  std::string to;  // a stanza's name; "node" for contracts of the kernel; empty for nobody
  std::string contract;
};

// Events of one topic from one publisher to one subscriber.
struct event_edge {
  std::string topic;
  std::string from;  // a stanza's name, or "node"
  std::string to;
  const bus_rule* rule = nullptr;  // the rule that shapes the edge; null: the defaults
  std::size_t rule_index = 0;
};

// A topic that is published and reaches nobody.
struct silent_topic {
  std::string topic;
  std::string from;
  bool cut = false;  // somebody subscribes, but the rules of `bus:` leave the edge out
};

// A subscription to a topic that no plug-in of the node publishes.
struct idle_subscription {
  std::string topic;
  std::string to;
};

// Points into the composition.
struct node_graph {
  const composition& node;
  std::vector<call_edge> calls;
  std::vector<event_edge> events;
  std::vector<silent_topic> silent;
  std::vector<idle_subscription> idle;
  std::vector<std::string> taps;  // plug-ins that choose what they hear while running
};

[[nodiscard]] node_graph make_graph(const composition& node);

[[nodiscard]] std::string draw_text(const node_graph& graph, bool color);
[[nodiscard]] std::string draw_json(const node_graph& graph);
[[nodiscard]] std::string draw_dot(const node_graph& graph);
[[nodiscard]] std::string draw_mermaid(const node_graph& graph);

}  // namespace mw::kernel::cli

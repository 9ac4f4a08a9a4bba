// node_graph: the edges that the bus will make, found without running it.
// SPDX-License-Identifier: Apache-2.0
#include "node_graph.h"

#include "node/node_runtime.h"

#include <mw/node_services.h>

#include <algorithm>

namespace mw::kernel::cli {
namespace {

bool names(const std::vector<std::string>& list, const std::string& name) {
  return list.empty() || std::find(list.begin(), list.end(), name) != list.end();
}

// What the rules say about one possible edge: shaped by a rule, left as it is, or cut.
struct ruling {
  bool cut = false;
  const bus_rule* rule = nullptr;
  std::size_t index = 0;
};

ruling rule_for(const composition& node, std::string_view topic, const std::string& from,
                const std::string& to) {
  ruling out;
  for (std::size_t i = 0; i < node.rules.size(); ++i) {
    const bus_rule& rule = node.rules[i];
    if (!topic_matches(rule.on, topic)) continue;
    out.cut = true;
    if (names(rule.from, from) && names(rule.to, to)) return {false, &rule, i};
  }
  return out;
}

bool hears(const stanza& one, std::string_view topic) {
  const auto& all = one.plugin->declared.subscribed;
  return std::any_of(all.begin(), all.end(),
                     [&](const event_type* type) { return type->topic == topic; });
}

void add_events(node_graph& graph, const std::string& from, std::string_view topic) {
  silent_topic nobody{std::string(topic), from, false};
  bool heard = false;
  for (const stanza& to : graph.node.stanzas) {
    if (!hears(to, topic)) continue;
    const ruling said = rule_for(graph.node, topic, from, to.name);
    nobody.cut = nobody.cut || said.cut;
    if (said.cut) continue;
    heard = true;
    graph.events.push_back({std::string(topic), from, to.name, said.rule, said.index});
  }
  if (!heard) graph.silent.push_back(std::move(nobody));
}

void add_idle(node_graph& graph, const stanza& to, const manifest& own) {
  const auto publishes = [](const manifest& m, std::string_view topic) {
    return std::any_of(m.published.begin(), m.published.end(),
                       [&](const event_type* type) { return type->topic == topic; });
  };
  for (const event_type* type : to.plugin->declared.subscribed) {
    const auto& all = graph.node.stanzas;
    const bool published =
        publishes(own, type->topic) || std::any_of(all.begin(), all.end(), [&](const stanza& s) {
          return publishes(s.plugin->declared, type->topic);
        });
    if (!published) graph.idle.push_back({std::string(type->topic), to.name});
  }
}

void add_calls(node_graph& graph, const stanza& from) {
  for (const bound_slot& slot : from.slots) {
    if (slot.by_kernel) {
      graph.calls.push_back({from.name, slot.slot, "node", slot.contract});
      if (slot.contract == event_tap::contract) graph.taps.push_back(from.name);
      continue;
    }
    for (const std::size_t i : slot.providers)
      graph.calls.push_back({from.name, slot.slot, graph.node.stanzas[i].name, slot.contract});
    if (slot.providers.empty()) graph.calls.push_back({from.name, slot.slot, "", slot.contract});
  }
}

}  // namespace

node_graph make_graph(const composition& node) {
  node_graph graph{node, {}, {}, {}, {}, {}};
  for (const stanza& one : node.stanzas) add_calls(graph, one);
  for (const stanza& one : node.stanzas)
    for (const event_type* type : one.plugin->declared.published)
      add_events(graph, one.name, type->topic);
  manifest own;
  declare_node_events(own);
  for (const event_type* type : own.published) add_events(graph, "node", type->topic);
  for (const stanza& one : node.stanzas) add_idle(graph, one, own);
  // Everybody knows that the node publishes these; unheard ones are no news.
  std::erase_if(graph.silent, [](const silent_topic& s) { return s.from == "node" && !s.cut; });
  return graph;
}

}  // namespace mw::kernel::cli

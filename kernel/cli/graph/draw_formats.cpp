// draw_formats: a node's wiring as JSON, for Graphviz, and for Mermaid.
// SPDX-License-Identifier: Apache-2.0
#include "node_graph.h"

#include <mw/toolkit/json_writer.h>

#include <map>
#include <set>

namespace mw::kernel::cli {
namespace {

// One arrow for all topics between two plug-ins keeps drawings readable.
struct arrow {
  std::string from;
  std::string to;
  std::string label;
  bool event;
};

std::vector<arrow> arrows_of(const node_graph& graph, const std::string& line_break) {
  std::vector<arrow> out;
  for (const call_edge& one : graph.calls)
    if (!one.to.empty()) out.push_back({one.from, one.to, one.slot, false});
  std::map<std::pair<std::string, std::string>, std::set<std::string>> topics;
  for (const event_edge& one : graph.events) topics[{one.from, one.to}].insert(one.topic);
  for (const auto& [ends, all] : topics) {
    std::string label;
    for (const std::string& topic : all) label += (label.empty() ? "" : line_break) + topic;
    out.push_back({ends.first, ends.second, label, true});
  }
  return out;
}

// The node itself is drawn only where something is attached to it.
bool touches_node(const std::vector<arrow>& arrows) {
  for (const arrow& one : arrows)
    if (one.from == "node" || one.to == "node") return true;
  return false;
}

void write_rule(json_writer& out, const event_edge& edge) {
  const queue_section queue = edge.rule != nullptr ? edge.rule->queue : queue_section();
  out.key("queue").value(queue.full == overflow::latest ? 1 : queue.size);
  out.key("full").value(option_names(queue.full)[static_cast<std::size_t>(queue.full)]);
  if (edge.rule == nullptr) return;
  out.key("rule").value(edge.rule_index);
  if (!edge.rule->where.empty()) out.key("where").value(edge.rule->where);
}

void write_plugins(json_writer& out, const composition& node) {
  out.key("plugins").begin_array();
  for (const stanza& one : node.stanzas) {
    out.begin_object().key("name").value(one.name).key("type").value(one.plugin->type());
    out.key("where").value(one.where).key("lane").value(one.common.lane);
    out.key("required").value(one.common.ready == readiness::required).end_object();
  }
  out.end_array();
}

}  // namespace

std::string draw_json(const node_graph& graph) {
  json_writer out;
  out.begin_object().key("node").value(graph.node.node.id);
  write_plugins(out, graph.node);
  out.key("calls").begin_array();
  for (const call_edge& one : graph.calls) {
    out.begin_object().key("from").value(one.from).key("slot").value(one.slot).key("to");
    one.to.empty() ? out.null() : out.value(one.to);
    out.key("contract").value(one.contract).end_object();
  }
  out.end_array().key("events").begin_array();
  for (const event_edge& one : graph.events) {
    out.begin_object().key("topic").value(one.topic);
    out.key("from").value(one.from).key("to").value(one.to);
    write_rule(out, one);
    out.end_object();
  }
  out.end_array().key("unheard").begin_array();
  for (const silent_topic& one : graph.silent) {
    out.begin_object().key("topic").value(one.topic).key("from").value(one.from);
    out.key("cut").value(one.cut).end_object();
  }
  out.end_array().key("unpublished").begin_array();
  for (const idle_subscription& one : graph.idle)
    out.begin_object().key("topic").value(one.topic).key("to").value(one.to).end_object();
  out.end_array().key("taps").begin_array();
  for (const std::string& one : graph.taps) out.value(one);
  return out.end_array().end_object().take() + "\n";
}

std::string draw_dot(const node_graph& graph) {
  const std::vector<arrow> arrows = arrows_of(graph, "\\n");
  std::string out = "digraph node {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const stanza& one : graph.node.stanzas) {
    out += "  \"" + one.name + "\" [label=\"" + one.name + "\\n" + std::string(one.plugin->type()) +
           "\"];\n";
  }
  if (touches_node(arrows)) out += "  \"node\" [label=\"(the node)\", style=rounded];\n";
  for (const arrow& one : arrows) {
    out += "  \"" + one.from + "\" -> \"" + one.to + "\" [label=\"" + one.label + "\"" +
           (one.event ? ", style=dashed" : "") + "];\n";
  }
  return out + "}\n";
}

std::string draw_mermaid(const node_graph& graph) {
  const std::vector<arrow> arrows = arrows_of(graph, "<br/>");
  // Names such as `end` mean something to Mermaid, so that boxes go by numbers.
  std::map<std::string, std::string> ids{{"node", "node0"}};
  std::string out = "flowchart LR\n";
  if (touches_node(arrows)) out += "  node0([\"the node\"])\n";
  for (const stanza& one : graph.node.stanzas) {
    const std::string id = "p" + std::to_string(ids.size());
    ids[one.name] = id;
    out += "  " + id + "[\"" + one.name + "<br/>" + std::string(one.plugin->type()) + "\"]\n";
  }
  for (const arrow& one : arrows) {
    out += "  " + ids[one.from] + (one.event ? " -. \"" : " -- \"") + one.label +
           (one.event ? "\" .-> " : "\" --> ") + ids[one.to] + "\n";
  }
  return out;
}

}  // namespace mw::kernel::cli

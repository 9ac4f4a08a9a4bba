// draw_text: a node's wiring as aligned lines.
// SPDX-License-Identifier: Apache-2.0
#include "cli/console.h"
#include "node_graph.h"

#include <algorithm>

namespace mw::kernel::cli {
namespace {

using rows = std::vector<std::vector<std::string>>;

// Columns as wide as their widest cell; the last one is as long as it is.
std::string align(const rows& table) {
  std::vector<std::size_t> widths;
  for (const auto& row : table) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], count_code_points(row[i]));
  }
  std::string out;
  for (const auto& row : table) {
    std::string line = " ";
    for (std::size_t i = 0; i < row.size(); ++i) line += " " + padded(row[i], widths[i] + 1);
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string section(std::string_view title, const rows& table, bool color) {
  return table.empty() ? std::string() : "\n" + bold(title, color) + "\n" + align(table);
}

std::string queue_text(const event_edge& edge) {
  const queue_section queue = edge.rule != nullptr ? edge.rule->queue : queue_section();
  const std::string_view full = option_names(queue.full)[static_cast<std::size_t>(queue.full)];
  const std::uint32_t size = queue.full == overflow::latest ? 1 : queue.size;
  std::string out = "queue " + std::to_string(size) + " " + std::string(full);
  if (queue.full == overflow::coalesce) out += " by " + queue.key;
  if (edge.rule != nullptr) out += ", bus[" + std::to_string(edge.rule_index) + "]";
  if (edge.rule != nullptr && !edge.rule->where.empty()) out += ", where " + edge.rule->where;
  return out;
}

}  // namespace

std::string draw_text(const node_graph& graph, bool color) {
  const composition& node = graph.node;
  std::string out = bold("node " + node.node.id, color) + " of cluster " + node.node.cluster + "\n";
  rows plugins;
  for (const stanza& one : node.stanzas) {
    plugins.push_back({one.name, std::string(one.plugin->type()), one.where,
                       node.node.lanes > 1 ? "lane " + std::to_string(one.common.lane) : ""});
  }
  out += section("plug-ins, in start order", plugins, color);
  rows calls;
  for (const call_edge& one : graph.calls)
    calls.push_back(
        {one.from + "." + one.slot, "-> " + (one.to.empty() ? "(nobody)" : one.to), one.contract});
  out += section("calls", calls, color);
  rows events;
  for (const event_edge& one : graph.events)
    events.push_back({one.topic, one.from + " -> " + one.to, queue_text(one)});
  for (const std::string& tap : graph.taps)
    events.push_back({"(chosen while running)", "* -> " + tap, ""});
  out += section("events", events, color);
  rows silent;
  for (const silent_topic& one : graph.silent)
    silent.push_back({one.topic, one.from, one.cut ? "cut by the rules of bus:" : ""});
  rows idle;
  for (const idle_subscription& one : graph.idle) idle.push_back({one.topic, one.to});
  return out + section("events that nobody hears", silent, color) +
         section("subscriptions to what nobody publishes", idle, color);
}

}  // namespace mw::kernel::cli

// sim_report: the outcome of a simulation as text for people.
// SPDX-License-Identifier: Apache-2.0
#include <mw/sim_cluster.h>

#include <array>
#include <cstdio>

namespace mw {

namespace {

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 24> text{};
  (void)std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::string about_node(const sim_node_report& node) {
  std::string text = node.name + ": " + (node.ready ? "ready" : "NOT READY");
  if (node.ready_at)
    text += ", ready first after " +
            to_string(std::chrono::floor<std::chrono::microseconds>(*node.ready_at));
  text += ", " + std::to_string(node.lives) + (node.lives == 1 ? " life" : " lives");
  text += " (" + node.file + ")\n";
  for (const std::string& one : node.endings) text += "  ended: " + one + "\n";
  for (const plugin_status& one : node.plugins)
    if (!node.ready && one.phase != plugin_phase::ready)
      text += "  " + one.name + " (" + one.where + "): " + std::string(to_string(one.phase)) +
              (one.reason.empty() ? "" : ", " + one.reason) + "\n";
  return text;
}

}  // namespace

std::string to_string(const sim_report& report) {
  std::string text;
  for (const sim_node_report& one : report.nodes) text += about_node(one);
  if (!report.faults.empty()) text += "faults that fired:\n";
  for (const auto& [name, count] : report.faults)
    text += "  " + name + ": " + std::to_string(count) + "\n";
  text += "seed: " + std::to_string(report.seed) + "\n";
  text += "virtual time: " + to_string(report.virtual_time) + "\n";
  text += "events: " + std::to_string(report.events) + "\n";
  text += "trace hash: " + hexadecimal(report.trace_hash) + "\n";
  return text;
}

}  // namespace mw

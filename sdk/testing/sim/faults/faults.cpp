// faults: names of faults, shapes of partitions, and faults as text.
// SPDX-License-Identifier: Apache-2.0
#include <mw/sim_faults.h>

#include <array>

namespace mw {

std::string_view to_string(sim_fault kind) noexcept {
  static constexpr std::array<std::string_view, sim_fault_count> names = {
      "packet lost",      "packet duplicated",
      "packet reordered", "packet corrupted",
      "packet too large", "path cut",
      "path clogged",     "dial refused",
      "dial lost",        "stream reset",
      "stream severed",   "segment repeated",
      "read cut",         "write short",
      "sync failed",      "write failed",
      "read failed",      "disk full",
      "disk slow",        "write lost",
      "write torn",       "entry lost",
      "wall jump",        "clock drift",
      "power loss",       "killed",
      "process pause",    "machine pause",
      "restart"};
  const auto index = static_cast<std::size_t>(kind);
  return index < names.size() ? names[index] : "unknown fault";
}

sim_cut cut_one_way(std::size_t from, std::size_t to) {
  return {{from, to}};
}

namespace {

template <class Apart>
sim_cut cut_where(std::size_t nodes, Apart apart) {
  sim_cut paths;
  for (std::size_t a = 0; a < nodes; ++a)
    for (std::size_t b = 0; b < nodes; ++b)
      if (a != b && apart(a, b)) paths.push_back({a, b});
  return paths;
}

}  // namespace

sim_cut cut_isolate(std::size_t nodes, std::size_t victim) {
  return cut_where(nodes,
                   [victim](std::size_t a, std::size_t b) { return a == victim || b == victim; });
}

sim_cut cut_halves(std::size_t nodes, std::size_t first) {
  return cut_where(nodes,
                   [first](std::size_t a, std::size_t b) { return (a < first) != (b < first); });
}

sim_cut cut_bridge(std::size_t nodes, std::size_t middle) {
  return cut_where(nodes, [middle](std::size_t a, std::size_t b) {
    return a != middle && b != middle && (a < middle) != (b < middle);
  });
}

sim_cut cut_ring(std::size_t nodes) {
  return cut_where(nodes, [nodes](std::size_t a, std::size_t b) {
    return (a + 1) % nodes != b && (b + 1) % nodes != a;
  });
}

std::string to_string(const sim_fault_event& event) {
  std::string text = to_string(event.at) + " " + std::string(to_string(event.kind));
  if (event.paths.empty()) text += " of node " + std::to_string(event.node);
  for (const sim_path& one : event.paths)
    text += " " + std::to_string(one.from) + "->" + std::to_string(one.to);
  if (event.lasts > duration::zero()) text += " for " + to_string(event.lasts);
  if (event.amount != 0) text += " by " + std::to_string(event.amount);
  return text;
}

}  // namespace mw

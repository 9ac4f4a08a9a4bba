// order: the start order of stanzas, or the cycle that makes one impossible.
// SPDX-License-Identifier: Apache-2.0
#include "compose/compose.h"

#include <algorithm>
#include <string>
#include <vector>

namespace mw::kernel {
namespace {

enum class mark : std::uint8_t { fresh, open, done };

// Depth first over providers; the order in which stanzas are done is a start order.
class sorter {
 public:
  sorter(const composition& node, diagnostics& found)
      : node_(node), found_(found), marks_(node.stanzas.size(), mark::fresh) {}

  std::vector<std::size_t> run() {
    for (std::size_t i = 0; i < marks_.size(); ++i) visit(i);
    return order_;
  }

 private:
  void visit(std::size_t index) {
    if (marks_[index] == mark::done) return;
    if (marks_[index] == mark::open) return report(index);
    marks_[index] = mark::open;
    path_.push_back(index);
    for (const bound_slot& slot : node_.stanzas[index].slots)
      for (const std::size_t provider : slot.providers) visit(provider);
    path_.pop_back();
    marks_[index] = mark::done;
    order_.push_back(index);
  }

  void report(std::size_t first) {
    const auto start = std::find(path_.begin(), path_.end(), first);
    std::string text;
    for (auto at = start; at != path_.end(); ++at) text += node_.stanzas[*at].name + " -> ";
    const tree_node& where = *node_.stanzas[first].settings;
    auto& said =
        found_.error("WIR0008", where.key_where,
                     "plug-ins need each other in a circle: " + text + node_.stanzas[first].name);
    said.at_key("plugins." + node_.stanzas[first].name);
    for (auto at = start; at != path_.end(); ++at)
      said.noting("'" + node_.stanzas[*at].name + "' is part of the circle",
                  node_.stanzas[*at].settings->key_where);
    said.helping("one of them has to use another provider, or the bus instead of a call");
  }

  const composition& node_;
  diagnostics& found_;
  std::vector<mark> marks_;
  std::vector<std::size_t> path_;
  std::vector<std::size_t> order_;
};

}  // namespace

void order_stanzas(composition& node, diagnostics& found) {
  const std::vector<std::size_t> order = sorter(node, found).run();
  std::vector<std::size_t> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = i;
  std::vector<stanza> sorted(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) sorted[place[i]] = std::move(node.stanzas[i]);
  for (stanza& one : sorted)
    for (bound_slot& slot : one.slots)
      for (std::size_t& provider : slot.providers) provider = place[provider];
  node.stanzas = std::move(sorted);
}

}  // namespace mw::kernel

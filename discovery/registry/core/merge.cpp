// merge: see merge.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/merge.h"

#include <algorithm>
#include <unordered_map>

namespace mw::registry {
namespace {

class merger {
 public:
  explicit merger(std::size_t limit) : limit_(limit) {}

  void named(const listing& one, std::uint32_t source) {
    const auto owner = by_address_.find(one.facts.address);
    const auto known = by_id_.find(one.facts.id);
    if (owner != by_address_.end() && (known == by_id_.end() || owner->second != known->second)) {
      ++view_.conflicts;
      return;
    }
    if (owner != by_address_.end()) return add_to(owner->second, one, source);
    if (!has_room()) return;
    const std::size_t node = known != by_id_.end() ? known->second : begin(one);
    by_id_.emplace(one.facts.id, node);
    give_address(node, one);
    add_to(node, one, source);
  }

  void nameless(const listing& one, std::uint32_t source) {
    const auto owner = by_address_.find(one.facts.address);
    if (owner != by_address_.end()) return add_to(owner->second, one, source);
    if (!has_room()) return;
    const std::size_t node = begin(one);
    give_address(node, one);
    add_to(node, one, source);
  }

  [[nodiscard]] merged_view take() {
    for (node_entry& node : view_.nodes) std::sort(node.listed_by.begin(), node.listed_by.end());
    return std::move(view_);
  }

 private:
  [[nodiscard]] bool has_room() {
    if (by_address_.size() < limit_) return true;
    ++view_.left_out;
    return false;
  }
  std::size_t begin(const listing& one) {
    node_entry made;
    made.id = one.facts.id;
    made.held = one.held;
    view_.nodes.push_back(std::move(made));
    return view_.nodes.size() - 1;
  }
  void give_address(std::size_t node, const listing& one) {
    by_address_.emplace(one.facts.address, node);
    view_.nodes[node].addresses.push_back(one.facts.address);
  }
  void add_to(std::size_t index, const listing& one, std::uint32_t source) {
    node_entry& node = view_.nodes[index];
    if (node.zone.empty()) node.zone = one.facts.zone;
    if (one.live()) node.held = held_because::nothing;
    auto& by = node.listed_by;
    if (std::find(by.begin(), by.end(), source) == by.end()) by.push_back(source);
  }

  std::size_t limit_;
  merged_view view_;
  // Keys belong to the ledgers, which stand still meanwhile.
  std::unordered_map<std::string_view, std::size_t> by_address_;
  std::unordered_map<std::string_view, std::size_t> by_id_;
};

}  // namespace

merged_view merge(const std::vector<ledger>& ledgers, std::size_t limit) {
  merger work(limit);
  const auto walk = [&](bool live, bool with_id) {
    for (std::uint32_t source = 0; source < ledgers.size(); ++source)
      for (const listing& one : ledgers[source].listings()) {
        if (one.live() != live || one.facts.id.empty() == with_id) continue;
        with_id ? work.named(one, source) : work.nameless(one, source);
      }
  };
  walk(true, true);
  walk(true, false);
  walk(false, true);
  walk(false, false);
  return work.take();
}

sources::peer_list to_list(const merged_view& view, address_choice which) {
  sources::peer_list list;
  for (const node_entry& node : view.nodes) {
    const std::size_t count = which == address_choice::all ? node.addresses.size() : 1;
    for (std::size_t i = 0; i < count; ++i)
      list.push_back(
          {.id = node.id, .address = node.addresses[i], .zone = node.zone, .source = {}});
  }
  return list;
}

}  // namespace mw::registry

// trie: building; the table of edges doubles before it is half full.
// SPDX-License-Identifier: Apache-2.0
#include "trie.h"

#include <utility>

namespace mw::access_policy {

trie::trie() : edges_(16), mask_(15) {
  nodes_.emplace_back();
}

std::uint32_t trie::make_node() {
  nodes_.emplace_back();
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

void trie::grow() {
  std::vector<edge> old = std::exchange(edges_, std::vector<edge>(edges_.size() * 2));
  mask_ = edges_.size() - 1;
  for (edge& e : old) {
    if (e.parent == none) continue;
    std::uint64_t at = place_of(e.parent, e.hash);
    while (edges_[at & mask_].parent != none) ++at;
    edges_[at & mask_] = std::move(e);
  }
}

std::uint32_t trie::make_child(std::uint32_t parent, const std::string& text) {
  const segment wanted{text, hash_of(text)};
  if (const std::uint32_t known = child_of(parent, wanted); known != none) return known;
  if (2 * (used_ + 1) > edges_.size()) grow();
  const std::uint32_t made = make_node();
  std::uint64_t at = place_of(parent, wanted.hash);
  while (edges_[at & mask_].parent != none) ++at;
  edges_[at & mask_] = {parent, made, wanted.hash, text};
  nodes_[parent].has_edges = true;
  ++used_;
  return made;
}

std::uint32_t trie::add(const pattern& p) {
  std::uint32_t at = 0;
  for (const std::string& part : p.parts) {
    if (part != "*") {
      at = make_child(at, part);
    } else if (nodes_[at].star != none) {
      at = nodes_[at].star;
    } else {
      const std::uint32_t made = make_node();
      nodes_[at].star = made;
      at = made;
    }
  }
  std::uint32_t& terminal = p.rest ? nodes_[at].rest : nodes_[at].end;
  if (terminal == none) terminal = terminals_++;
  return terminal;
}

}  // namespace mw::access_policy

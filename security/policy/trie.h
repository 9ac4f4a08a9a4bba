// trie: patterns by their segments; finds all that match a name in a few look-ups.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pattern.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw::access_policy {

// Built once, then only read. Equal patterns share a terminal: a number from zero.
class trie {
 public:
  trie();
  std::uint32_t add(const pattern& p);
  [[nodiscard]] std::uint32_t terminals() const { return terminals_; }

  // Calls found(terminal) for each pattern that matches. Visits one node for each pattern prefix
  // that matches: at most 4 `*` a pattern bound that.
  template <class F>
  void match(const segments& name, F&& found) const noexcept {
    descend(0, 0, name, found);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct node {
    std::uint32_t star = none;  // the child for any one segment
    std::uint32_t end = none;   // the terminal of a pattern that ends here
    std::uint32_t rest = none;  // the terminal of a pattern that goes on with **
    bool has_edges = false;
  };
  struct edge {
    std::uint32_t parent = none;  // none: the place is free
    std::uint32_t child = 0;
    std::uint64_t hash = 0;
    std::string text;
  };

  [[nodiscard]] static std::uint64_t place_of(std::uint32_t parent, std::uint64_t hash) noexcept {
    return hash ^ (parent * 0x9e3779b97f4a7c15u >> 7U);
  }
  [[nodiscard]] std::uint32_t child_of(std::uint32_t parent, const segment& s) const noexcept {
    if (!nodes_[parent].has_edges) return none;
    for (std::uint64_t at = place_of(parent, s.hash);; ++at) {
      const edge& e = edges_[at & mask_];
      if (e.parent == none) return none;
      if (e.parent == parent && e.hash == s.hash && e.text == s.text) return e.child;
    }
  }
  template <class F>
  void descend(std::uint32_t at, std::uint8_t depth, const segments& name,
               F& found) const noexcept {
    const node& here = nodes_[at];
    if (here.rest != none) found(here.rest);
    if (depth == name.count) {
      if (here.end != none && !name.deeper) found(here.end);
      return;
    }
    const auto below = static_cast<std::uint8_t>(depth + 1);
    const std::uint32_t child = child_of(at, name.each[depth]);
    if (child != none) descend(child, below, name, found);
    if (here.star != none) descend(here.star, below, name, found);
  }

  std::uint32_t make_node();
  std::uint32_t make_child(std::uint32_t parent, const std::string& text);
  void grow();

  std::vector<node> nodes_;
  std::vector<edge> edges_;  // open addressing; at most half full, so that each search ends
  std::uint64_t mask_ = 0;
  std::uint32_t used_ = 0;
  std::uint32_t terminals_ = 0;
};

}  // namespace mw::access_policy

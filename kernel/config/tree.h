// tree: the strict tree of a YAML text, where every node knows its place and its origin.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "source.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel {

enum class node_kind : std::uint8_t { null, scalar, list, map };

// "no value", "text", "a list", "a map": for messages.
[[nodiscard]] std::string_view to_string(node_kind kind) noexcept;

// One node. Scalars stay text: the option that reads one decides about its type, so that nothing
// turns into a boolean or an octal number behind the author's back.
struct tree_node {
  node_kind kind = node_kind::null;
  bool quoted = false;     // Written in quotes or as a block: text for certain, never a number.
  bool reference = false;  // All of it is from the environment, as a secret has to be.
  std::string scalar;
  provenance from;
  std::string key;  // Only in maps.
  span key_where;   // Only in maps.
  std::vector<tree_node> children;

  // The value of a key of this map, or null. Keys of a map are unique.
  [[nodiscard]] const tree_node* find(std::string_view name) const;
  [[nodiscard]] tree_node* find(std::string_view name);

  // The scalar under `name`, or `otherwise` when there is none.
  [[nodiscard]] std::string_view text(std::string_view name, std::string_view otherwise = {}) const;

  // Where to point when something is wrong with this node: its text, or its key when it has none.
  [[nodiscard]] span where() const { return from.where.known() ? from.where : key_where; }

  [[nodiscard]] bool is_null() const noexcept { return kind == node_kind::null; }
  [[nodiscard]] bool is_scalar() const noexcept { return kind == node_kind::scalar; }
  [[nodiscard]] bool is_list() const noexcept { return kind == node_kind::list; }
  [[nodiscard]] bool is_map() const noexcept { return kind == node_kind::map; }
};

// The number of nodes in the tree under and including `root`.
[[nodiscard]] std::size_t count_nodes(const tree_node& root);

// "a.b" from "a" and "b"; "b" from "" and "b".
[[nodiscard]] std::string join_key(std::string_view path, std::string_view key);

}  // namespace mw::kernel

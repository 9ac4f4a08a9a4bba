// tree: look-ups in a tree. Trees are at most yaml_limits::depth deep, so recursion is safe.
// SPDX-License-Identifier: Apache-2.0
#include "tree.h"

#include <algorithm>

namespace mw::kernel {

std::string_view to_string(node_kind kind) noexcept {
  switch (kind) {
    case node_kind::null:
      return "no value";
    case node_kind::scalar:
      return "text";
    case node_kind::list:
      return "a list";
    case node_kind::map:
      return "a map";
  }
  return "something else";
}

const tree_node* tree_node::find(std::string_view name) const {
  if (kind != node_kind::map) return nullptr;
  const auto it = std::find_if(children.begin(), children.end(),
                               [&](const tree_node& child) { return child.key == name; });
  return it == children.end() ? nullptr : &*it;
}

tree_node* tree_node::find(std::string_view name) {
  return const_cast<tree_node*>(static_cast<const tree_node*>(this)->find(name));
}

std::string_view tree_node::text(std::string_view name, std::string_view otherwise) const {
  const tree_node* child = find(name);
  return child != nullptr && child->is_scalar() ? std::string_view(child->scalar) : otherwise;
}

std::size_t count_nodes(const tree_node& root) {
  std::size_t count = 1;
  for (const tree_node& child : root.children) count += count_nodes(child);
  return count;
}

std::string join_key(std::string_view path, std::string_view key) {
  std::string out(path);
  if (!out.empty()) out += '.';
  return out += key;
}

}  // namespace mw::kernel

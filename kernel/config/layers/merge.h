// merge: one tree over another, key by key.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"

#include <string>
#include <vector>

namespace mw::kernel {

// Two values that differ at the same key.
struct merge_conflict {
  std::vector<std::string> path;
  span first;
  span second;
};

// Lays `over` on `base`: maps are joined key by key, everything else is replaced as a whole, lists
// too. A map against a text or list is an error. Replaced values that differ are added to
// `conflicts`.
void merge_over(tree_node& base, tree_node over, diagnostics& found,
                std::vector<merge_conflict>& conflicts);

// Equal kinds, texts, keys and children; places do not matter.
[[nodiscard]] bool same_content(const tree_node& a, const tree_node& b);

// The node at a path of keys, or null.
[[nodiscard]] const tree_node* find_path(const tree_node& root,
                                         const std::vector<std::string>& path);

}  // namespace mw::kernel

// merge: later layers win per key.
// SPDX-License-Identifier: Apache-2.0
#include "merge.h"

#include <algorithm>
#include <map>

namespace mw::kernel {
namespace {

class merger {
 public:
  merger(diagnostics& found, std::vector<merge_conflict>& conflicts)
      : found_(found), conflicts_(conflicts) {}

  void merge(tree_node& base, tree_node over) {
    // An absent value, as of a stanza without options, takes nothing away from a map.
    if (base.is_map() && over.is_null()) return;
    if (base.is_map() && over.is_map()) return join(base, std::move(over));
    if (base.is_map() != over.is_map() && !base.is_null()) return report_kinds(base, over);
    if (!same_content(base, over)) conflicts_.push_back({path_, base.where(), over.where()});
    base = std::move(over);
  }

 private:
  void join(tree_node& base, tree_node over) {
    std::map<std::string, std::size_t, std::less<>> index;
    for (std::size_t i = 0; i < base.children.size(); ++i) index[base.children[i].key] = i;
    for (tree_node& child : over.children) {
      const auto existing = index.find(child.key);
      if (existing == index.end()) {
        base.children.push_back(std::move(child));
        continue;
      }
      path_.push_back(child.key);
      merge(base.children[existing->second], std::move(child));
      path_.pop_back();
    }
  }

  void report_kinds(const tree_node& base, const tree_node& over) {
    std::string path;
    for (const std::string& key : path_) path = join_key(path, key);
    found_
        .error("CFG0046", over.where(),
               std::string(to_string(over.kind)) + " here, " + std::string(to_string(base.kind)) +
                   " in another file")
        .at_key(path)
        .noting("the other is here", base.where());
  }

  diagnostics& found_;
  std::vector<merge_conflict>& conflicts_;
  std::vector<std::string> path_;
};

}  // namespace

void merge_over(tree_node& base, tree_node over, diagnostics& found,
                std::vector<merge_conflict>& conflicts) {
  merger(found, conflicts).merge(base, std::move(over));
}

bool same_content(const tree_node& a, const tree_node& b) {
  return a.kind == b.kind && a.scalar == b.scalar && a.key == b.key &&
         std::equal(a.children.begin(), a.children.end(), b.children.begin(), b.children.end(),
                    same_content);
}

const tree_node* find_path(const tree_node& root, const std::vector<std::string>& path) {
  const tree_node* node = &root;
  for (const std::string& key : path) {
    node = node->find(key);
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace mw::kernel

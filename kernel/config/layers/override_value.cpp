// override_value: text is text unless it starts as only YAML does.
// SPDX-License-Identifier: Apache-2.0
#include "override_value.h"

#include "config/yaml/yaml_load.h"

#include <charconv>
#include <optional>

namespace mw::kernel {
namespace {

std::optional<std::size_t> list_index(const std::string& key) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (error != std::errc{} || end != key.data() + key.size()) return std::nullopt;
  return index;
}

std::string path_text(const std::vector<path_step>& path) {
  std::string out;
  for (const path_step& step : path) out = join_key(out, step.key);
  return out;
}

// The child that `step` names, made if need be; null when the step does not fit the node.
tree_node* descend(tree_node& node, const path_step& step) {
  if (node.is_null()) {
    node.kind = node_kind::map;
    if (!node.from.where.known()) node.from.where = step.where;
  }
  if (node.is_map()) {
    if (tree_node* child = node.find(step.key); child != nullptr) return child;
    tree_node& added = node.children.emplace_back();
    added.key = step.key;
    added.key_where = step.where;
    return &added;
  }
  const auto index = node.is_list() ? list_index(step.key) : std::nullopt;
  if (!index || *index > node.children.size()) return nullptr;
  if (*index == node.children.size()) node.children.emplace_back();
  return &node.children[*index];
}

void report_no_fit(const tree_node& node, const std::vector<path_step>& path, const path_step& step,
                   diagnostics& found) {
  auto& mistake =
      found.error("CFG0051", step.where,
                  "'" + step.key + "' does not lead into " + std::string(to_string(node.kind)));
  mistake.at_key(path_text(path));
  if (node.is_list())
    mistake.expecting("a number from 0 to " + std::to_string(node.children.size()));
  if (node.where().known()) mistake.noting("this is the value on the way", node.where());
}

}  // namespace

bool read_override(source_id id, std::size_t offset, const source_set& sources, diagnostics& found,
                   tree_node& value) {
  const source_text& source = sources.at(id);
  const std::string_view text = std::string_view(source.text).substr(offset);
  if (!text.empty() && std::string_view("[{\"'").find(text[0]) != std::string_view::npos) {
    const std::size_t errors_before = found.error_count();
    value = load_yaml(id, sources, found, {}, offset);
    return found.error_count() == errors_before;
  }
  value = {};
  const bool none = text == "null" || text == "~";
  value.kind = none ? node_kind::null : node_kind::scalar;
  if (!none) value.scalar = text;
  value.from.where = locator(id, source).at(offset, text.size());
  return true;
}

void set_at_path(tree_node& root, const std::vector<path_step>& path, tree_node value,
                 diagnostics& found) {
  tree_node* node = &root;
  for (const path_step& step : path) {
    tree_node* child = descend(*node, step);
    if (child == nullptr) return report_no_fit(*node, path, step, found);
    node = child;
  }
  value.key = node->key;
  value.key_where = path.back().where;
  *node = std::move(value);
}

}  // namespace mw::kernel

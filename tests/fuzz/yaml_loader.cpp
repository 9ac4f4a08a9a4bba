// yaml_loader: any bytes become a bounded tree or are refused at a place in the text.
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/yaml_load.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

using mw::kernel::tree_node;

constexpr mw::kernel::yaml_limits limits{.nodes = 5'000};

void check_place(const mw::kernel::span& where, const mw::kernel::source_set& sources) {
  MW_ASSERT(where.known(), "everything from a file has a place in it");
  const auto& source = sources.at(where.source);
  MW_ASSERT(where.line >= 1 && where.line <= source.line_starts.size(), "lines exist");
  const auto columns = mw::kernel::count_code_points(source.line(where.line));
  MW_ASSERT(where.column >= 1 && where.column <= columns + 1, "columns exist");
}

void check_tree(const tree_node& node, std::size_t depth, const mw::kernel::source_set& sources) {
  MW_ASSERT(depth <= limits.depth + 1, "walkers may recurse");
  check_place(node.where(), sources);
  MW_ASSERT(node.scalar.size() <= limits.scalar_bytes, "scalars are bounded");
  MW_ASSERT(node.is_list() || node.is_map() || node.children.empty(), "scalars have no children");
  for (const tree_node& child : node.children) {
    MW_ASSERT(!node.is_map() || node.find(child.key) == &child, "keys of a map are unique");
    check_tree(child, depth + 1, sources);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mw::kernel::source_set sources;
  mw::kernel::diagnostics found;
  const auto id = sources.add(mw::kernel::source_kind::file, "fuzz.yaml",
                              std::string(reinterpret_cast<const char*>(data), size));
  const tree_node root = mw::kernel::load_yaml(id, sources, found, limits);
  MW_ASSERT(mw::kernel::count_nodes(root) <= limits.nodes, "aliases cannot multiply");
  if (!root.is_null()) check_tree(root, 1, sources);
  for (const auto& mistake : found.sorted()) check_place(mistake.where, sources);
  const std::string text = mw::kernel::render_text(found, sources);
  MW_ASSERT(text.find('\x1b') == std::string::npos, "no escape sequence reaches the terminal");
  MW_ASSERT(mw::is_utf8(mw::kernel::render_json(found, sources)), "tools read UTF-8");
  return 0;
}

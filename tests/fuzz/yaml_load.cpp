// yaml_load: any bytes as a node file: bounded, every value and every mistake with a true place.
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/yaml_load.h"

#include "config/diagnostic.h"

#include <mw/assert.h>
#include <mw/toolkit/utf8.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace {

namespace k = mw::kernel;

constexpr k::yaml_limits limits{
    .text_bytes = 16384, .scalar_bytes = 4096, .depth = 16, .nodes = 2000, .aliases = 32};

void check_place(const k::span& where, const k::source_set& sources) {
  if (!where.known()) return;
  MW_ASSERT(where.source == 1, "there is one source");
  MW_ASSERT(where.line >= 1 && where.column >= 1, "places count from one");
  const k::source_text& text = sources.at(where.source);
  MW_ASSERT(where.line <= text.line_starts.size() + 1, "the line exists");
  const std::size_t columns = k::count_code_points(text.line(where.line));
  MW_ASSERT(!mw::is_utf8(text.text) || where.column <= columns + 1, "the column exists");
}

// Returns the number of nodes below, itself included.
std::size_t check_tree(const k::tree_node& node, const k::source_set& sources, std::size_t depth) {
  MW_ASSERT(depth <= limits.depth + 1, "depth is bounded");
  MW_ASSERT(node.scalar.size() <= limits.scalar_bytes, "scalars are bounded");
  MW_ASSERT(node.is_scalar() || node.scalar.empty(), "only scalars have text");
  check_place(node.from.where, sources);
  check_place(node.key_where, sources);
  std::size_t count = 1;
  for (const k::tree_node& child : node.children) {
    if (node.is_map()) MW_ASSERT(node.find(child.key) == &child, "keys of a map are unique");
    count += check_tree(child, sources, depth + 1);
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  k::source_set sources;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const k::source_id id = sources.add(k::source_kind::file, "node.yaml", text);
  k::diagnostics found;
  const k::tree_node root = k::load_yaml(id, sources, found, limits);

  MW_ASSERT(check_tree(root, sources, 1) <= limits.nodes + 1, "the tree is bounded");
  for (const k::diagnostic& one : found.sorted()) {
    MW_ASSERT(one.code.size() == 7, "codes look like CFG0001");
    MW_ASSERT(!one.message.empty(), "a mistake has words");
    check_place(one.where, sources);
    for (const k::diagnostic_note& note : one.notes) check_place(note.where, sources);
  }
  // Both outputs are read by tools and terminals: no broken text, whatever the file holds.
  MW_ASSERT(mw::is_utf8(k::render_json(found, sources)), "JSON is UTF-8");
  const std::string shown = k::render_text(found, sources);
  MW_ASSERT(shown.find('\x1b') == std::string::npos, "a file cannot send escapes to a terminal");
  return 0;
}

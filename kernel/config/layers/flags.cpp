// flags: `--set path=value`.
// SPDX-License-Identifier: Apache-2.0
#include "config/yaml/yaml_text.h"
#include "override_value.h"
#include "overrides.h"

namespace mw::kernel {
namespace {

// Splits the part before '='. Empty when a step is empty; then that was reported.
std::vector<path_step> split_path(source_id id, const source_text& source, std::size_t end,
                                  diagnostics& found) {
  std::vector<path_step> steps;
  locator locate(id, source);
  const std::string_view path = std::string_view(source.text).substr(0, end);
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    const std::string_view key = path.substr(begin, dot - begin);
    const span where = locate.at(begin, key.empty() ? 1 : key.size());
    if (key.empty() || steps.size() >= yaml_limits{}.depth) {
      found
          .error("CFG0050", where,
                 key.empty() ? "an empty step in the path" : "a path with too many steps")
          .expecting("path.to.key=value");
      return {};
    }
    steps.push_back({std::string(key), where});
    begin = dot + 1;
  }
  return steps;
}

void apply_flag(tree_node& root, const std::string& flag, source_set& sources, diagnostics& found) {
  const source_id id = sources.add(source_kind::flag, "--set", flag);
  if (!check_yaml_text(id, sources, found, {})) return;
  const source_text& source = sources.at(id);
  const std::size_t equals = source.text.find('=');
  if (equals == std::string::npos) {
    found.error("CFG0050", locator(id, source).at(0, source.text.size()), "a flag without '='")
        .expecting("path.to.key=value");
    return;
  }
  const std::vector<path_step> path = split_path(id, source, equals, found);
  tree_node value;
  if (path.empty() || !read_override(id, equals + 1, sources, found, value)) return;
  set_at_path(root, path, std::move(value), found);
}

}  // namespace

void apply_flags(tree_node& root, std::span<const std::string> flags, source_set& sources,
                 diagnostics& found) {
  for (const std::string& flag : flags) apply_flag(root, flag, sources, found);
}

}  // namespace mw::kernel

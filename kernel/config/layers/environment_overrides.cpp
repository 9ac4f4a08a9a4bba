// environment_overrides: MW_SET_ variables. Finding the path is a search over the known keys.
// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.h"
#include "config/yaml/yaml_text.h"
#include "override_value.h"
#include "overrides.h"

#include <algorithm>
#include <set>

namespace mw::kernel {
namespace {

constexpr std::string_view prefix = "MW_SET_";
constexpr std::size_t path_depth_max = 8;
constexpr std::size_t readings_max = 8;
constexpr std::size_t names_max = 4'000;  // Of those that are compared for "did you mean".

using key_list = std::vector<std::string>;

// As a key looks in the name of a variable.
std::string in_name(std::string key) {
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

std::string dotted(const key_list& path) {
  std::string out;
  for (const std::string& key : path) out = join_key(out, key);
  return out;
}

void mark_as_reference(tree_node& node) {
  node.reference = node.is_scalar();
  for (tree_node& child : node.children) mark_as_reference(child);
}

class path_finder {
 public:
  path_finder(const tree_node& root, known_keys& known) : root_(root), known_(known) {}

  // Every path whose keys, joined by '_', give `name`.
  [[nodiscard]] std::vector<key_list> readings(std::string_view name) {
    readings_.clear();
    search(&root_, name);
    return readings_;
  }

  // The names of all paths that exist or are known.
  [[nodiscard]] std::vector<std::string> names() {
    names_.clear();
    collect(&root_, "");
    return names_;
  }

 private:
  // `node` is null where a key is known but not there.
  [[nodiscard]] std::set<std::string> keys_below(const tree_node* node) {
    const key_list more = known_(root_, path_);
    std::set<std::string> keys(more.begin(), more.end());
    if (node != nullptr && node->is_map()) {
      for (const tree_node& child : node->children) keys.insert(child.key);
    }
    return keys;
  }

  void search(const tree_node* node, std::string_view rest) {
    if (path_.size() >= path_depth_max || readings_.size() >= readings_max) return;
    for (const std::string& key : keys_below(node)) {
      const std::string name = in_name(key);
      if (!rest.starts_with(name)) continue;
      path_.push_back(key);
      if (rest.size() == name.size()) {
        readings_.push_back(path_);
      } else if (rest[name.size()] == '_') {
        search(node == nullptr ? nullptr : node->find(key), rest.substr(name.size() + 1));
      }
      path_.pop_back();
    }
  }

  void collect(const tree_node* node, const std::string& above) {
    if (path_.size() >= path_depth_max) return;
    for (const std::string& key : keys_below(node)) {
      if (names_.size() >= names_max) return;
      const std::string name = above.empty() ? in_name(key) : above + "_" + in_name(key);
      names_.push_back(name);
      path_.push_back(key);
      collect(node == nullptr ? nullptr : node->find(key), name);
      path_.pop_back();
    }
  }

  const tree_node& root_;
  known_keys& known_;
  key_list path_;
  std::vector<key_list> readings_;
  std::vector<std::string> names_;
};

void report_no_reading(const std::string& name, const span& where, path_finder& finder,
                       diagnostics& found) {
  const std::string near = nearest(std::string_view(name).substr(prefix.size()), finder.names());
  auto& mistake = found.error("CFG0053", where, "'" + name + "' leads to no known key");
  if (!near.empty()) mistake.helping("did you mean '" + std::string(prefix) + near + "'?");
}

void report_readings(const std::string& name, const span& where,
                     const std::vector<key_list>& readings, diagnostics& found) {
  auto& mistake = found.error("CFG0052", where, "'" + name + "' can be read in more than one way");
  for (const key_list& reading : readings) mistake.noting("it may mean " + dotted(reading));
  mistake.helping("use --set " + dotted(readings.front()) + "=... instead");
}

void apply_variable(tree_node& root, const std::string& name, const std::string& text,
                    known_keys& known, source_set& sources, diagnostics& found) {
  const source_id id = sources.add(source_kind::variable, name, text);
  if (!check_yaml_text(id, sources, found, {})) return;
  const span where = locator(id, sources.at(id)).at(0, text.size());
  path_finder finder(root, known);
  const std::vector<key_list> readings =
      finder.readings(std::string_view(name).substr(prefix.size()));
  if (readings.empty()) return report_no_reading(name, where, finder, found);
  if (readings.size() > 1) return report_readings(name, where, readings, found);
  tree_node value;
  if (!read_override(id, 0, sources, found, value)) return;
  mark_as_reference(value);
  std::vector<path_step> path;
  for (const std::string& key : readings.front()) path.push_back({key, where});
  set_at_path(root, path, std::move(value), found);
}

}  // namespace

void apply_environment(tree_node& root, const environment& variables, known_keys& known,
                       source_set& sources, diagnostics& found) {
  for (auto it = variables.lower_bound(prefix); it != variables.end(); ++it) {
    if (!it->first.starts_with(prefix)) break;
    apply_variable(root, it->first, it->second, known, sources, found);
  }
}

}  // namespace mw::kernel

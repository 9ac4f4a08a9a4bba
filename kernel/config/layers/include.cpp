// include: recursion over files, with bounds on depth and number and a guard against circles.
// SPDX-License-Identifier: Apache-2.0
#include "include.h"

#include "config/yaml/yaml_load.h"
#include "merge.h"
#include "variables.h"

#include <algorithm>
#include <filesystem>
#include <vector>

namespace mw::kernel {
namespace {

constexpr std::size_t include_depth_max = 8;
constexpr std::size_t files_max = 32;

std::string resolved(const std::string& file, const std::string& from) {
  return (std::filesystem::path(from).parent_path() / file).lexically_normal().string();
}

class file_loader {
 public:
  explicit file_loader(file_context context) : context_(context) {}

  [[nodiscard]] tree_node load(const std::string& path, const span& asked_at) {
    result<std::string> text = context_.read_file(path);
    if (!text.ok()) {
      context_.found.error("CFG0001", asked_at,
                           "'" + path + "' cannot be read: " + text.error().text());
      return {};
    }
    return parse(path, std::move(text).value(), asked_at);
  }

  [[nodiscard]] tree_node parse(const std::string& path, std::string text, const span& asked_at) {
    const source_id id = context_.sources.add(source_kind::file, path, std::move(text), asked_at);
    const std::size_t errors_before = context_.found.error_count();
    tree_node own = load_yaml(id, context_.sources, context_.found);
    if (!own.is_map()) {
      if (context_.found.error_count() == errors_before) report_no_map(own, id);
      return {};
    }
    open_.push_back(path);
    tree_node merged = with_includes(std::move(own), path);
    open_.pop_back();
    return merged;
  }

 private:
  void report_no_map(const tree_node& root, source_id id) {
    const span where = root.where().known() ? root.where() : span{id, 1, 1, 0};
    context_.found
        .error("CFG0018", where,
               root.is_null() ? "the file has no settings"
                              : std::string(to_string(root.kind)) + " instead of settings")
        .expecting("a map with the keys 'node', 'plugins' and 'bus'");
  }

  [[nodiscard]] tree_node with_includes(tree_node own, const std::string& path) {
    const auto include =
        std::find_if(own.children.begin(), own.children.end(),
                     [](const tree_node& child) { return child.key == "include"; });
    if (include == own.children.end()) return own;
    tree_node list = std::move(*include);
    own.children.erase(include);
    replace_variables(list, "include", context_.variables, context_.found);
    tree_node base;
    base.kind = node_kind::map;
    std::vector<merge_conflict> conflicts;
    for (const tree_node& item : items(list)) {
      if (tree_node tree = load_include(item, path); tree.is_map()) {
        merge_over(base, std::move(tree), context_.found, conflicts);
      }
    }
    report(conflicts, own);
    std::vector<merge_conflict> meant;  // The file itself overrides on purpose.
    base.from = own.from;
    merge_over(base, std::move(own), context_.found, meant);
    return base;
  }

  // One path, or a list of them; anything else is reported and left out.
  [[nodiscard]] std::vector<tree_node> items(const tree_node& include) {
    std::vector<tree_node> out = include.is_list() ? include.children : std::vector{include};
    std::erase_if(out, [&](const tree_node& item) {
      const bool good = item.is_scalar() && !item.scalar.empty();
      if (!good) {
        context_.found
            .error("CFG0042", item.where(),
                   std::string(to_string(item.kind)) + " where a path is expected")
            .at_key("include")
            .expecting("the path of a file, or a list of paths");
      }
      return !good;
    });
    return out;
  }

  [[nodiscard]] tree_node load_include(const tree_node& item, const std::string& from) {
    const std::string path = resolved(item.scalar, from);
    if (std::find(open_.begin(), open_.end(), path) != open_.end()) {
      std::string circle;
      for (const std::string& file : open_) circle += file + " -> ";
      context_.found.error("CFG0043", item.where(),
                           "this include leads in a circle: " + circle + path);
      return {};
    }
    if (open_.size() >= include_depth_max || ++files_ > files_max) {
      context_.found.error("CFG0044", item.where(), "includes go too far")
          .expecting("at most " + std::to_string(include_depth_max) + " levels and " +
                     std::to_string(files_max) + " files");
      return {};
    }
    return load(path, item.where());
  }

  void report(const std::vector<merge_conflict>& conflicts, const tree_node& own) {
    for (const merge_conflict& conflict : conflicts) {
      if (find_path(own, conflict.path) != nullptr) continue;
      std::string path;
      for (const std::string& key : conflict.path) path = join_key(path, key);
      context_.found
          .warning("CFG0045", conflict.second,
                   "two includes set '" + path + "' to different values; this one wins")
          .at_key(path)
          .noting("the other is here", conflict.first);
    }
  }

  file_context context_;
  std::vector<std::string> open_;  // The files from the main one down to the current one.
  std::size_t files_ = 0;
};

std::string normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().string();
}

}  // namespace

tree_node load_files(file_context context, const std::string& path) {
  return file_loader(context).load(normal(path), {});
}

tree_node load_text(file_context context, const std::string& path, std::string text) {
  return file_loader(context).parse(normal(path), std::move(text), {});
}

}  // namespace mw::kernel

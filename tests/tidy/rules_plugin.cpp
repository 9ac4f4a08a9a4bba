// rules_plugin: what every plug-in folder must bring: README, test, build line, example stanza.
// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace mw::tidy {
namespace {

constexpr std::size_t readme_lines_max = 40;

bool below(const source_file& file, std::string_view folder) {
  return file.path.size() > folder.size() && file.path.starts_with(folder) &&
         file.path[folder.size()] == '/';
}

bool has_test(const source_tree& tree, std::string_view folder) {
  return std::any_of(tree.files.begin(), tree.files.end(), [&](const source_file& file) {
    return below(file, folder) && file.path.ends_with("test.cpp") &&
           file.code.find("TEST_CASE") != std::string::npos;
  });
}

bool has_line_with(const source_file& file, std::string_view start) {
  const auto lines = lines_of(file.text);
  return std::any_of(lines.begin(), lines.end(), [&](std::string_view line) {
    return line.find(start) != std::string_view::npos;
  });
}

// A fenced YAML block that names the type, as `use: transport.tcp` does.
bool has_example(const source_file& readme, const std::string& type) {
  bool inside = false;
  for (std::string_view line : lines_of(readme.text)) {
    if (line.starts_with("```")) inside = line.starts_with("```yaml");
    const auto use = line.find("use: " + type);
    if (!inside || use == std::string_view::npos) continue;
    const auto end = use + 5 + type.size();
    if (end >= line.size() || (!is_word(line[end]) && line[end] != '.')) return true;
  }
  return false;
}

void check_readme(const source_file& readme, const std::string& type, findings& out) {
  const auto report = [&](std::string what) {
    out.push_back({"plugin-folder", readme.path, 1, 1, std::move(what)});
  };
  const auto lines = lines_of(readme.text).size();
  if (lines > readme_lines_max)
    out.push_back({"readme-lines", readme.path, 1, lines,
                   std::to_string(lines) + " lines, the limit is 40; say what, not how"});
  if (!has_line_with(readme, "status:")) report("no `status:` (stable, alpha or wip)");
  if (!has_line_with(readme, "trust:"))
    report("no `trust:` (hostile-peer, authenticated-peer or local-only)");
  if (!has_example(readme, type)) report("no fenced yaml example with `use: " + type + "`");
}

// The first string literal of every call of `function` in the folder, with the place of the call.
struct named_call {
  const source_file* file;
  std::size_t offset;
  std::string name;
};

std::vector<named_call> calls_in(const source_tree& tree, std::string_view folder,
                                 std::string_view function) {
  std::vector<named_call> calls;
  for (const source_file& file : tree.files) {
    if (!below(file, folder) || !file.is_cpp() || file.is_test()) continue;
    for (auto at = file.code.find(function); at != std::string::npos;
         at = file.code.find(function, at + 1)) {
      const auto open = file.code.find_first_not_of(" \n", at + function.size());
      if (open == std::string::npos || file.code[open] != '"') continue;
      const auto close = file.code.find('"', open + 1);
      if (close == std::string::npos) continue;
      calls.push_back({&file, at, file.text.substr(open + 1, close - open - 1)});
    }
  }
  return calls;
}

bool mentions(const source_file& readme, std::string_view name) {
  for (auto at = readme.text.find(name); at != std::string::npos;
       at = readme.text.find(name, at + 1)) {
    const auto end = at + name.size();
    const bool starts = at == 0 || !is_word(readme.text[at - 1]);
    if (starts && (end >= readme.text.size() || !is_word(readme.text[end]))) return true;
  }
  return false;
}

void check_documented(const source_tree& tree, std::string_view folder, const source_file& readme,
                      findings& out) {
  constexpr std::array kinds{std::pair{".field(", "option"}, std::pair{".counter(", "metric"},
                             std::pair{".gauge(", "metric"}, std::pair{".histogram(", "metric"}};
  for (const auto& [function, kind] : kinds)
    for (const named_call& call : calls_in(tree, folder, function))
      if (!mentions(readme, call.name))
        out.push_back({"documented", call.file->path, line_of(call.file->text, call.offset), 1,
                       std::string(kind) + " " + call.name + " is not in the plug-in's README.md"});
}

}  // namespace

std::vector<std::string> plugin_folders(const source_tree& tree) {
  std::vector<std::string> folders;
  for (const source_file& file : tree.files)
    if (file.on == floor::plugin && file.name() == "plugin.cpp")
      folders.emplace_back(file.folder());
  return folders;
}

std::string plugin_type(std::string_view folder) {
  if (folder.starts_with("plugins/")) folder.remove_prefix(8);
  std::string type(folder);
  std::replace(type.begin(), type.end(), '/', '.');
  return type;
}

void check_plugin_folders(const source_tree& tree, findings& out) {
  for (const std::string& folder : plugin_folders(tree)) {
    const auto report = [&](const std::string& what) {
      out.push_back({"plugin-folder", folder, 1, 1, what});
    };
    const source_file* readme = tree.find(folder + "/README.md");
    if (readme == nullptr)
      report("no README.md: what it is, YAML, metrics, limits, status, trust");
    else {
      check_readme(*readme, plugin_type(folder), out);
      check_documented(tree, folder, *readme, out);
    }
    if (!has_test(tree, folder)) report("no *test.cpp with a TEST_CASE");
    const source_file* build = tree.find(folder + "/CMakeLists.txt");
    if (build == nullptr || build->text.find("mw_plugin(") == std::string::npos)
      report("no CMakeLists.txt with mw_plugin(...)");
  }
}

}  // namespace mw::tidy

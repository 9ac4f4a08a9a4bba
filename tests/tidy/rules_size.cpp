// rules_size: how long files and functions may be, and how full and deep folders.
// SPDX-License-Identifier: Apache-2.0
#include "functions.h"
#include "rules.h"

#include <algorithm>
#include <array>
#include <map>

namespace mw::tidy {
namespace {

constexpr std::size_t source_lines_max = 500;
constexpr std::size_t sdk_header_lines_max = 150;
constexpr std::size_t test_lines_max = 800;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t folder_files_max = 25;
constexpr std::size_t folder_depth_max = 4;

// One header a contract or event family: this folder is a table of contents, and is meant to be.
constexpr std::string_view contract_folder = "sdk/include/mw";
constexpr std::size_t contract_headers_max = 60;

constexpr std::array root_folders{"sdk",         "kernel",  "transport", "security", "discovery",
                                  "loadbalance", "plugins", "tests",     "examples", ".ci"};

std::size_t lines_max(const source_file& file) {
  if (file.is_test()) return test_lines_max;
  if (file.is_header() && file.path.starts_with("sdk/include/")) return sdk_header_lines_max;
  return source_lines_max;
}

std::size_t files_max(std::string_view folder) {
  return folder == contract_folder ? contract_headers_max : folder_files_max;
}

std::string too_much(std::string_view what, std::size_t got, std::size_t limit,
                     std::string_view remedy) {
  return std::string(what) + " has " + std::to_string(got) + ", the limit is " +
         std::to_string(limit) + "; " + std::string(remedy);
}

}  // namespace

void check_file_sizes(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    const auto lines =
        static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
    if (lines > lines_max(file))
      out.push_back({"file-lines", file.path, 1, lines,
                     too_much("lines: the file", lines, lines_max(file), "split it by subject")});
  }
}

void check_function_sizes(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const function_span& span : functions_of(file.code))
      if (span.lines() > function_lines_max)
        out.push_back({"function-lines", file.path, span.first_line, span.lines(),
                       too_much("lines: the function", span.lines(), function_lines_max,
                                "give its parts names of their own")});
  }
}

void check_folders(const source_tree& tree, findings& out) {
  std::map<std::string, std::size_t, std::less<>> sources;
  for (const source_file& file : tree.files) {
    const std::string_view folder = file.folder();
    const std::string_view top = folder.substr(0, folder.find('/'));
    if (!top.empty() &&
        std::find(root_folders.begin(), root_folders.end(), top) == root_folders.end())
      out.push_back({"layout", file.path, 1, 1,
                     "no folder of this name may stand at the root; see \"Where does X go\" in "
                     "ARCHITECTURE.md"});
    if (!file.is_cpp()) continue;
    ++sources[std::string(folder)];
    const auto depth = static_cast<std::size_t>(std::count(folder.begin(), folder.end(), '/')) + 1;
    if (depth > folder_depth_max)
      out.push_back({"folder-depth", file.path, 1, depth,
                     too_much("levels: the path", depth, folder_depth_max, "flatten it")});
  }
  for (const auto& [folder, count] : sources)
    if (count > files_max(folder))
      out.push_back({"folder-files", folder, 1, count,
                     too_much("sources: the folder", count, files_max(folder),
                              "move a subject of its own into a folder of its own")});
}

}  // namespace mw::tidy

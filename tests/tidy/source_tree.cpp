// source_tree: finds the files, says which floor each is on, and parses them once.
// SPDX-License-Identifier: Apache-2.0
#include "source_tree.h"

#include "lexer.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mw::tidy {
namespace {

namespace fs = std::filesystem;

constexpr std::array domains{"transport/", "security/", "discovery/", "loadbalance/", "plugins/"};
constexpr std::array data_folders{"/corpus/", "/testdata/", "/golden/", "/config_corpus/"};

floor floor_of(std::string_view path) {
  if (path.ends_with("_test.cpp")) return floor::test;
  if (path.starts_with("tests/") || path.starts_with("sdk/testing/")) return floor::test;
  if (path.starts_with("examples/") || path.starts_with("sdk/template/")) return floor::example;
  if (path.starts_with("sdk/")) return floor::sdk;
  if (path.starts_with("kernel/")) return floor::kernel;
  for (std::string_view domain : domains)
    if (path.starts_with(domain)) return floor::plugin;
  return floor::elsewhere;
}

source_file make_file(std::string path, std::string text) {
  source_file file;
  file.path = std::move(path);
  file.text = std::move(text);
  file.on = floor_of(file.path);
  if (file.is_cpp()) {
    split_text parts = split(file.text);
    file.code = std::move(parts.code);
    file.comments = std::move(parts.comments);
  }
  return file;
}

// Build trees and tool caches are not ours; hidden files at the root (.clang-format) are.
bool skipped_folder(const std::string& name) {
  return name == "build" || name == "node_modules" || (name.starts_with('.') && name != ".ci");
}

bool looks_binary(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

void sort_files(source_tree& tree) {
  std::sort(tree.files.begin(), tree.files.end(),
            [](const source_file& a, const source_file& b) { return a.path < b.path; });
}

}  // namespace

bool source_file::is_header() const {
  return path.ends_with(".h");
}
bool source_file::is_cpp() const {
  return is_header() || path.ends_with(".cpp");
}
bool source_file::is_test() const {
  return on == floor::test;
}
bool source_file::is_build() const {
  return name() == "CMakeLists.txt" || path.ends_with(".cmake");
}
bool source_file::is_script() const {
  return text.starts_with("#!");
}

bool source_file::is_data() const {
  return std::any_of(data_folders.begin(), data_folders.end(), [this](std::string_view folder) {
    return path.find(folder) != std::string::npos && !is_cpp() && !is_build() && !is_script();
  });
}

std::string_view source_file::name() const {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string_view(path)
                                    : std::string_view(path).substr(slash + 1);
}

std::string_view source_file::folder() const {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash);
}

const source_file* source_tree::find(std::string_view path) const {
  const auto at = std::lower_bound(
      files.begin(), files.end(), path,
      [](const source_file& file, std::string_view wanted) { return file.path < wanted; });
  return at != files.end() && at->path == path ? &*at : nullptr;
}

source_tree load_tree(const std::string& root) {
  source_tree tree;
  std::error_code broken;
  fs::recursive_directory_iterator at(root, broken);
  for (const fs::recursive_directory_iterator end; at != end && !broken; at.increment(broken)) {
    if (at->is_directory()) {
      if (skipped_folder(at->path().filename().string())) at.disable_recursion_pending();
      continue;
    }
    const bool link = at->is_symlink() || at->path().filename() == ".git";  // of a second work tree
    if (!at->is_regular_file() || link) continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (looks_binary(text)) continue;
    tree.files.push_back(
        make_file(at->path().lexically_relative(root).generic_string(), std::move(text)));
  }
  sort_files(tree);
  return tree;
}

source_tree make_tree(std::vector<std::pair<std::string, std::string>> files) {
  source_tree tree;
  for (auto& [path, text] : files)
    tree.files.push_back(make_file(std::move(path), std::move(text)));
  sort_files(tree);
  return tree;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  const auto head = text.substr(0, offset);
  return 1 + static_cast<std::size_t>(std::count(head.begin(), head.end(), '\n'));
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

}  // namespace mw::tidy

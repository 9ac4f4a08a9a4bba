// rules_includes: the floors. Who may include what, and how an include is written.
// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <algorithm>
#include <array>
#include <set>

namespace mw::tidy {
namespace {

struct include {
  std::string_view header;
  bool angled = false;
  std::size_t line = 0;
};

// `code` has its literals blanked, so the names of quoted headers come from the text itself.
std::vector<include> includes_of(const source_file& file) {
  std::vector<include> found;
  std::size_t number = 0;
  std::size_t start = 0;
  for (std::string_view line : lines_of(file.code)) {
    ++number;
    const auto hash = line.find_first_not_of(' ');
    if (hash != std::string_view::npos && line.substr(hash).starts_with("#include")) {
      const std::string_view text = std::string_view(file.text).substr(start, line.size());
      const auto open = text.find_first_of("<\"", hash);
      const auto close =
          open == std::string_view::npos ? open : text.find_first_of(">\"", open + 1);
      if (close != std::string_view::npos)
        found.push_back({text.substr(open + 1, close - open - 1), text[open] == '<', number});
    }
    start += line.size() + 1;
  }
  return found;
}

// Standard headers are the ones without a suffix: <vector>, <cstdint>.
bool is_standard(std::string_view header) {
  return header.find_first_of("./") == std::string_view::npos;
}
bool is_sdk(std::string_view header) {
  return header.starts_with("mw/");
}

bool may_use(const source_file& file, const third_party_use& use) {
  return std::any_of(use.users.begin(), use.users.end(), [&](std::string_view user) {
    if (user.starts_with('*')) return file.path.ends_with(user.substr(1));
    return user.ends_with('/') ? file.path.starts_with(user) : file.path == user;
  });
}

const third_party_use* library_of(std::string_view header,
                                  const std::vector<third_party_use>& all) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const third_party_use& use) {
    return header.starts_with(use.prefix);
  });
  return at == all.end() ? nullptr : &*at;
}

std::string_view domain_of(const source_file& file) {
  return std::string_view(file.path).substr(0, file.path.find('/'));
}

// The folder of the plug-in (two levels: domain and name), without what lies below it.
std::string_view plugin_of(const source_file& file) {
  const std::string_view path = file.path;
  return path.substr(0, path.find('/', domain_of(file).size() + 1));
}

bool resolves(const source_tree& tree, std::string_view folder, std::string_view header) {
  return tree.find(std::string(folder) + "/" + std::string(header)) != nullptr;
}

std::string quoted_fault(const source_tree& tree, const source_file& file,
                         std::string_view header) {
  if (header.find("..") != std::string_view::npos)
    return "climbs out of its folder; include <mw/...>, or move what is shared to common/";
  if (file.on != floor::plugin) return {};
  if (resolves(tree, file.folder(), header) || resolves(tree, plugin_of(file), header)) return {};
  if (header.starts_with("common/") && resolves(tree, domain_of(file), header)) return {};
  return "is outside the plug-in; only its own folder and its domain's common/ may be included, "
         "plug-ins meet through contracts and events";
}

std::string angled_fault(const source_file& file, std::string_view header,
                         const std::vector<third_party_use>& allowed) {
  if (is_standard(header) || is_sdk(header)) return {};
  if (const auto* library = library_of(header, allowed))
    return may_use(file, *library) ? std::string()
                                   : "is a library that only the files named in "
                                     "tests/tidy/third_party.txt may use";
  if (file.on == floor::sdk) return "is not the C++ standard library; the sdk uses nothing else";
  if (file.on == floor::plugin)
    return "is neither <mw/...> nor standard; a plug-in reaches the system through its host";
  return {};
}

// A build file in the folder or above it that names the source, or takes all of them by a pattern.
bool is_built(const source_tree& tree, const source_file& source) {
  std::string_view folder = source.folder();
  while (!folder.empty()) {
    const source_file* build = tree.find(std::string(folder) + "/CMakeLists.txt");
    const std::string_view rest = std::string_view(source.path).substr(folder.size() + 1);
    if (build != nullptr && (build->text.find(rest) != std::string::npos ||
                             build->text.find("*.cpp") != std::string::npos ||
                             build->text.find("*_test.cpp") != std::string::npos))
      return true;
    folder = folder.substr(0, folder.find('/') == std::string_view::npos ? 0 : folder.rfind('/'));
  }
  return false;
}

}  // namespace

std::vector<third_party_use> parse_third_party(std::string_view text) {
  std::vector<third_party_use> all;
  for (std::string_view line : lines_of(text)) {
    const auto colon = line.find(": ");
    if (line.starts_with('#') || colon == std::string_view::npos) continue;
    third_party_use use{std::string(line.substr(0, colon)), {}};
    std::string_view rest = line.substr(colon + 2);
    while (!rest.empty()) {
      const auto space = rest.find(' ');
      if (space != 0) use.users.emplace_back(rest.substr(0, space));
      rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    }
    all.push_back(std::move(use));
  }
  return all;
}

void check_include_floors(const source_tree& tree, const std::vector<third_party_use>& allowed,
                          findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp() || file.on == floor::test || file.on == floor::example) continue;
    for (const include& at : includes_of(file)) {
      const std::string fault =
          at.angled ? angled_fault(file, at.header, allowed) : quoted_fault(tree, file, at.header);
      if (!fault.empty())
        out.push_back({"floors", file.path, at.line, 1, std::string(at.header) + " " + fault});
    }
  }
}

void check_include_form(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!file.is_cpp()) continue;
    if (file.is_header()) {
      if (file.code.find("#pragma once") == std::string::npos)
        out.push_back({"include-form", file.path, 1, 1, "a header needs #pragma once"});
      continue;
    }
    const std::string own = file.path.substr(0, file.path.size() - 4) + ".h";
    if (tree.find(own) == nullptr) continue;
    const std::string_view own_name = std::string_view(own).substr(file.folder().size() + 1);
    const auto includes = includes_of(file);
    if (includes.empty() || !includes.front().header.ends_with(own_name))
      out.push_back(
          {"include-form", file.path, includes.empty() ? 1 : includes.front().line, 1,
           "include " + std::string(own_name) + " first: it proves that it stands alone"});
  }
}

void check_dead_files(const source_tree& tree, findings& out) {
  std::set<std::string, std::less<>> included;
  for (const source_file& file : tree.files)
    if (file.is_cpp())
      for (const include& at : includes_of(file))
        included.emplace(at.header.substr(at.header.rfind('/') + 1));
  for (const source_file& file : tree.files) {
    const bool is_public = file.path.starts_with("sdk/");  // others include these
    if (file.is_header() && !is_public && !included.contains(file.name()))
      out.push_back({"dead", file.path, 1, 1, "no file includes this header; delete it or use it"});
    if (file.path.ends_with(".cpp") &&
        (file.on == floor::plugin || file.path.ends_with("_test.cpp")) && !is_built(tree, file))
      out.push_back({"dead", file.path, 1, 1, "no CMakeLists.txt above it builds this file"});
  }
}

}  // namespace mw::tidy

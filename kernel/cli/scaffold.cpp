// scaffold: files in, files out, with two words replaced.
// SPDX-License-Identifier: Apache-2.0
#include "scaffold.h"

#include "config/layers/load_config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t name_max = 64;

// Class names that cannot be: keywords, and what the templates use inside.
constexpr std::array<std::string_view, 72> taken{
    "alignas",  "alignof",  "and",      "asm",      "auto",      "bool",     "break",     "case",
    "catch",    "char",     "class",    "concept",  "const",     "continue", "default",   "delete",
    "describe", "do",       "double",   "else",     "enum",      "explicit", "export",    "extern",
    "false",    "float",    "for",      "friend",   "goto",      "if",       "inline",    "int",
    "long",     "main",     "mutable",  "mw",       "namespace", "new",      "noexcept",  "not",
    "nullptr",  "operator", "options",  "or",       "plugin",    "private",  "protected", "public",
    "register", "requires", "return",   "short",    "signed",    "sizeof",   "static",    "std",
    "struct",   "switch",   "template", "this",     "throw",     "true",     "try",       "typedef",
    "typeid",   "typename", "union",    "unsigned", "using",     "virtual",  "void",      "while"};

bool is_word(std::string_view part) {
  return !part.empty() && part.front() >= 'a' && part.front() <= 'z' &&
         part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::string class_of(std::string name) {
  std::replace(name.begin(), name.end(), '.', '_');
  return name;
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

std::string filled(std::string text, const std::string& name) {
  replace_all(text, "@name@", name);
  replace_all(text, "@class@", class_of(name));
  return text;
}

result<std::string> copy_file(const fs::path& from, const scaffold_request& request) {
  const std::string relative =
      filled(fs::relative(from, request.from).generic_string(), request.name);
  const fs::path to = fs::path(request.to) / relative;
  auto text = read_text_file(from.string());
  if (!text) return std::move(text).error().in("cannot read " + from.string());
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  std::ofstream out(to, std::ios::binary);
  out << filled(std::move(text).value(), request.name) << std::flush;
  if (!out) return failure(errc::denied, "cannot write " + to.string());
  return relative;
}

result<std::vector<std::string>> copy_all(const scaffold_request& request) {
  std::vector<std::string> made;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(request.from, error)) {
    if (!entry.is_regular_file()) continue;
    MW_TRY(std::string file, copy_file(entry.path(), request));
    made.push_back(std::move(file));
  }
  if (error || made.empty())
    return failure(errc::not_found, "the template " + request.from + " cannot be read");
  std::sort(made.begin(), made.end());
  return made;
}

}  // namespace

status check_plugin_name(std::string_view name) {
  const auto refuse = [&](const std::string& why) {
    return status(errc::invalid, "a plug-in cannot be named '" + std::string(name) + "': " + why);
  };
  if (name.size() > name_max) return refuse("it has more than 64 letters");
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t dot = std::min(name.find('.', start), name.size());
    if (!is_word(name.substr(start, dot - start)))
      return refuse(
          "names are words of a-z, 0-9 and _ that begin with a letter, with dots between");
    start = dot + 1;
  }
  if (std::find(taken.begin(), taken.end(), name) != taken.end())
    return refuse("its class cannot have this name in C++");
  return {};
}

result<std::vector<std::string>> make_scaffold(const scaffold_request& request) {
  std::error_code error;
  const bool existed = fs::exists(request.to, error);
  if (existed && !fs::is_empty(request.to, error))
    return failure(errc::invalid, request.to + " exists already and is not empty");
  auto made = copy_all(request);
  if (made) return made;
  fs::remove_all(request.to, error);
  if (existed) fs::create_directory(request.to, error);
  return made;
}

std::vector<std::string> template_kinds(const std::string& directory) {
  std::vector<std::string> kinds;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored))
    if (entry.is_directory(ignored)) kinds.push_back(entry.path().filename().string());
  std::sort(kinds.begin(), kinds.end());
  return kinds;
}

}  // namespace mw::kernel::cli

// rules_text: first lines, white space, leftovers, machine paths and foreign hosts.
// SPDX-License-Identifier: Apache-2.0
#include "rules.h"

#include <algorithm>
#include <array>

namespace mw::tidy {
namespace {

constexpr std::string_view licence = "SPDX-License-Identifier: Apache-2.0";
constexpr std::size_t columns_max = 100;

// Written in pieces so that this file obeys its own rule.
constexpr std::array machine_paths{
    "/wo"
    "rk/",
    "/ro"
    "ot/",
    "/ho"
    "me/"};

// Hosts a reader may follow or that stand for "this machine" and "some machine". Any other host in
// a URL is either a mirror somebody pasted or a download that the build must not need.
constexpr std::array known_hosts{"127.",
                                 "localhost",
                                 "[::1]",
                                 "example.",
                                 "www.apache.org",
                                 "json-schema.org",
                                 "keepachangelog.com",
                                 "semver.org"};

bool has_comment_head(const source_file& file) {
  return file.is_cpp() || file.is_build() || file.is_script() || file.path.ends_with(".sh");
}

bool says_what_it_is(std::string_view line, std::string_view mark) {
  if (!line.starts_with(mark)) return false;
  const auto colon = line.find(": ");
  return colon != std::string_view::npos && colon > mark.size() && line.size() > colon + 2;
}

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;  // count code points, not bytes
  }));
}

void check_line(const source_file& file, std::string_view line, std::size_t number, findings& out) {
  const auto report = [&](std::string what) {
    out.push_back({"form", file.path, number, 1, std::move(what)});
  };
  if (line.ends_with(' ') || line.ends_with('\t')) report("white space at the end of the line");
  if (line.ends_with('\r')) report("a carriage return; lines end with a single newline");
  if (line.find('\t') != std::string_view::npos) report("a tab; indent with spaces");
  if (file.is_cpp() && columns(line) > columns_max)
    report("longer than 100 columns; break it as clang-format does");
}

void find_words(const source_file& file, std::string_view word, findings& out) {
  for (auto at = file.text.find(word); at != std::string::npos; at = file.text.find(word, at + 1)) {
    const char before = at == 0 ? ' ' : file.text[at - 1];
    if (is_word(before) || before == '.' || before == '}' || before == '/')
      continue;  // part of a path
    out.push_back({"words", file.path, line_of(file.text, at), 1,
                   "a path of one machine; use a relative path or a variable"});
  }
}

void find_hosts(const source_file& file, findings& out) {
  constexpr std::string_view mark = "://";
  for (auto at = file.text.find(mark); at != std::string::npos; at = file.text.find(mark, at + 3)) {
    const std::string_view before = std::string_view(file.text).substr(0, at);
    if (!before.ends_with("http") && !before.ends_with("https")) continue;
    const std::string_view host = std::string_view(file.text).substr(at + mark.size(), 64);
    if (host.empty() || (!is_word(host[0]) && host[0] != '[')) continue;  // "http://$host"
    const bool known = std::any_of(known_hosts.begin(), known_hosts.end(),
                                   [&](std::string_view ours) { return host.starts_with(ours); });
    if (!known)
      out.push_back(
          {"words", file.path, line_of(file.text, at), 1,
           "a URL to a host outside this project; name the package or the standard instead"});
  }
}

}  // namespace

void check_first_lines(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (!has_comment_head(file) || file.is_data()) continue;
    const auto lines = lines_of(file.text);
    // The one line that builds a plug-in: a head would be longer than what it explains.
    if (file.is_build() && file.text.starts_with("mw_plugin(") && lines.size() <= 2) continue;
    const std::string_view mark = file.is_cpp() ? "// " : "# ";
    const std::size_t first = file.is_script() ? 1 : 0;  // the shebang stays first
    if (lines.size() <= first || !says_what_it_is(lines[first], mark))
      out.push_back({"head", file.path, first + 1, 1,
                     "the first line must be `" + std::string(mark) + "name: one sentence.`"});
    if (lines.size() <= first + 1 || lines[first + 1] != std::string(mark) + std::string(licence))
      out.push_back({"head", file.path, first + 2, 1,
                     "the second line must be `" + std::string(mark) + std::string(licence) + "`"});
  }
}

void check_text_form(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    if (file.is_data()) continue;
    std::size_t number = 0;
    for (std::string_view line : lines_of(file.text)) check_line(file, line, ++number, out);
    if (!file.text.empty() && !file.text.ends_with('\n'))
      out.push_back({"form", file.path, number, 1, "no newline at the end of the file"});
  }
}

void check_forbidden_words(const source_tree& tree, findings& out) {
  for (const source_file& file : tree.files) {
    // A test may plant a bad word in a string; in other files every mention counts.
    const std::string& leftovers = file.is_cpp() ? file.comments : file.text;
    constexpr std::string_view leftover =
        "FIX"
        "ME";
    const auto at = leftovers.find(leftover);
    if (at != std::string::npos && file.path != "CONTRIBUTING.md")
      out.push_back(
          {"words", file.path, line_of(leftovers, at), 1,
           "a leftover mark; mend it now or write TODO(perf|security|cleanup|test|port)"});
    for (std::string_view path : machine_paths) find_words(file, path, out);
    if (!file.is_data()) find_hosts(file, out);
  }
}

}  // namespace mw::tidy

// expectation: reads the comments at the end of a corpus file.
// SPDX-License-Identifier: Apache-2.0
#include "expectation.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace mw::corpus {
namespace {

namespace fs = std::filesystem;

bool is_name(const std::string& place) {
  return place.find_first_not_of("0123456789:") != place.npos;
}

// Places in the file itself are only "line:column"; others are relative to its folder, except flags
// and variables.
std::string full_place(const std::string& place, const fs::path& file) {
  if (!is_name(place)) return file.string() + ":" + place;
  if (place.find(".yaml:") == std::string::npos) return place;
  return (file.parent_path() / place).lexically_normal().string();
}

expectation read_expectation(const std::string& text, const fs::path& file) {
  std::istringstream words(text);
  expectation out;
  std::string at, place, suggestion;
  words >> out.code >> at >> place >> suggestion;
  out.place = full_place(place, file);
  if (suggestion.starts_with("suggest=")) out.suggestion = suggestion.substr(8);
  return out;
}

corpus_file read_file(const fs::path& path) {
  corpus_file out{.path = path.string(), .expected = {}, .variables = {}, .flags = {}};
  std::ifstream in(path, std::ios::binary);
  for (std::string line; std::getline(in, line);) {
    const auto rest = [&](std::string_view mark) { return line.substr(mark.size()); };
    if (line.starts_with("# expect: "))
      out.expected.push_back(read_expectation(rest("# expect: "), path));
    if (line.starts_with("# flag: ")) out.flags.push_back(rest("# flag: "));
    if (!line.starts_with("# env: ")) continue;
    const std::string variable = rest("# env: ");
    const std::size_t equals = variable.find('=');
    out.variables[variable.substr(0, equals)] = variable.substr(equals + 1);
  }
  return out;
}

}  // namespace

std::vector<corpus_file> find_corpus(const std::string& folder) {
  std::vector<corpus_file> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    corpus_file file = read_file(entry.path());
    if (!file.expected.empty()) out.push_back(std::move(file));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return out;
}

}  // namespace mw::corpus

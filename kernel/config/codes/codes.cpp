// codes: look-up over all families.
// SPDX-License-Identifier: Apache-2.0
#include "codes.h"

#include <array>

namespace mw::kernel {
namespace {

std::array<std::span<const code_entry>, 5> families() {
  return {config_codes(), wiring_codes(), plugin_codes(), bus_codes(), run_codes()};
}

bool same_code(std::string_view a, std::string_view b) {
  const auto upper = [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  };
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (upper(a[i]) != upper(b[i])) return false;
  }
  return true;
}

// Each line of an example, indented below its heading.
std::string example(std::string_view heading, std::string_view yaml) {
  if (yaml.empty()) return {};
  std::string out = "\n" + std::string(heading) + ":\n";
  while (!yaml.empty()) {
    const std::size_t end = yaml.find('\n');
    out += "    " + std::string(yaml.substr(0, end)) + "\n";
    yaml = end == std::string_view::npos ? std::string_view() : yaml.substr(end + 1);
  }
  return out;
}

constexpr std::size_t text_width = 80;

// Breaks a paragraph into lines at its spaces.
std::string wrapped(std::string_view text) {
  std::string out;
  while (text.size() > text_width) {
    const std::size_t space = text.rfind(' ', text_width);
    if (space == std::string_view::npos) break;
    out += std::string(text.substr(0, space)) + "\n";
    text.remove_prefix(space + 1);
  }
  return out += text;
}

}  // namespace

const code_entry* find_code(std::string_view id) {
  for (const auto& family : families()) {
    for (const code_entry& entry : family) {
      if (same_code(entry.id, id)) return &entry;
    }
  }
  return nullptr;
}

std::vector<std::string> all_codes() {
  std::vector<std::string> out;
  for (const auto& family : families()) {
    for (const code_entry& entry : family) out.emplace_back(entry.id);
  }
  return out;
}

std::string render_code(const code_entry& entry) {
  return std::string(entry.id) + ": " + std::string(entry.title) + "\n\n" +
         wrapped(entry.explanation) + "\n" + example("Wrong", entry.wrong) +
         example("Right", entry.right);
}

}  // namespace mw::kernel

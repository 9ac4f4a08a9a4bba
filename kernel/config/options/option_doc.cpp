// option_doc: help text and effective values.
// SPDX-License-Identifier: Apache-2.0
#include "option_doc.h"

#include <algorithm>

namespace mw::kernel {
namespace {

constexpr std::size_t text_width = 88;

// `text` broken at spaces, each line behind `margin`.
std::string wrapped(std::string_view text, const std::string& margin) {
  std::string out;
  while (!text.empty()) {
    std::size_t end = text.size();
    if (end > text_width - margin.size()) {
      const std::size_t space = text.rfind(' ', text_width - margin.size());
      end = space == std::string_view::npos || space == 0 ? text.size() : space;
    }
    out += margin + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string render(const option_info& option, const std::string& margin) {
  std::string head = option.name + ": " + option.expected;
  if (option.required) head += "; required";
  if (!option.default_yaml.empty()) head += "; default " + option.default_yaml;
  if (option.live) head += "; may change while running";
  std::string out = margin + head + "\n" + wrapped(option.doc, margin + "    ");
  for (const option_info& child : option.children) {
    if (!child.name.empty()) out += render(child, margin + "  ");
    for (const option_info& field :
         child.name.empty() ? child.children : std::vector<option_info>()) {
      out += render(field, margin + "  ");
    }
  }
  return out;
}

}  // namespace

std::string render_option(const option_info& option) {
  return render(option, "");
}

std::string render_option_docs(const std::vector<option_info>& options) {
  std::string out;
  for (const option_info& option : options) out += render(option, "  ");
  return out;
}

std::string render_values(std::span<const effective_value> values, const source_set& sources) {
  constexpr std::size_t column_max = 60;
  std::size_t width = 0;
  for (const effective_value& value : values) {
    width = std::max(width, std::min(column_max, value.path.size() + value.yaml.size() + 2));
  }
  std::string out;
  for (const effective_value& value : values) {
    std::string line = value.path + ": " + value.yaml;
    if (line.size() < width) line.append(width - line.size(), ' ');
    out += line + "  # " + describe(value.from, sources) + "\n";
  }
  return out;
}

std::string render_values_json(std::span<const effective_value> values, const source_set& sources) {
  json_writer out;
  out.begin_array();
  for (const effective_value& value : values) {
    out.begin_object().key("path").value(value.path);
    out.key("value").raw(value.json);
    out.key("from").value(describe(value.from, sources)).end_object();
  }
  return out.end_array().take();
}

}  // namespace mw::kernel

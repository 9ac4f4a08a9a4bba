// variables: a scanner over one scalar at a time, and the places of its mistakes.
// SPDX-License-Identifier: Apache-2.0
#include "variables.h"

#include "config/nearest.h"

#include <algorithm>
#include <vector>

namespace mw::kernel {
namespace {

constexpr std::size_t replaced_bytes_max = 64U << 10U;

bool is_name(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class scalar_replacer {
 public:
  scalar_replacer(tree_node& node, const std::string& path, const environment& variables,
                  diagnostics& found)
      : node_(node), path_(path), variables_(variables), found_(found), text_(node.scalar) {}

  void run() {
    std::string out;
    bool good = true;
    for (std::size_t i = 0; i < text_.size();) {
      const std::size_t dollar = std::min(text_.find('$', i), text_.size());
      out += text_.substr(i, dollar - i);
      i = dollar;
      if (i == text_.size()) break;
      if (text_.substr(i).starts_with("$$")) {
        out += '$';
        i += 2;
        continue;
      }
      const std::size_t end = text_.find('}', i);
      if (!text_.substr(i).starts_with("${") || end == std::string_view::npos) {
        report_bad_form(i, std::min(text_.find_first_of(" /,", i), text_.size()));
        return;
      }
      good &= replace(i, end, out);
      i = end + 1;
    }
    if (good) finish(std::move(out));
  }

 private:
  // The variable between `${` at `begin` and `}` at `end`.
  [[nodiscard]] bool replace(std::size_t begin, std::size_t end, std::string& out) {
    const std::string_view inside = text_.substr(begin + 2, end - begin - 2);
    const std::size_t separator = inside.find(":-");
    const std::string_view name = inside.substr(0, separator);
    const bool has_default = separator != std::string_view::npos;
    const std::string_view fallback =
        has_default ? inside.substr(separator + 2) : std::string_view();
    if (!is_name(name)) {
      report_bad_form(begin, end + 1);
      return false;
    }
    const auto variable = variables_.find(name);
    const bool set = variable != variables_.end() && (!has_default || !variable->second.empty());
    if (!set && !has_default) {
      report_unset(begin, end + 1, name);
      return false;
    }
    out += set ? std::string_view(variable->second) : fallback;
    const bool whole = begin == 0 && end + 1 == text_.size();
    reference_ = whole && fallback.empty();
    used_ += (used_.empty() ? "${" : " ${") + std::string(name) + "}";
    return true;
  }

  void finish(std::string out) {
    if (out.size() > replaced_bytes_max) {
      found_
          .error("CFG0016", node_.where(),
                 "a value of " + std::to_string(out.size()) + " bytes after replacing variables")
          .at_key(path_)
          .expecting("at most " + std::to_string(replaced_bytes_max) + " bytes");
      return;
    }
    if (!used_.empty()) node_.quoted = false;
    node_.reference = reference_;
    node_.from.variables = used_;
    node_.scalar = std::move(out);
  }

  // The part [begin, end) of the scalar, where its text stands in the source as it is.
  [[nodiscard]] span place(std::size_t begin, std::size_t end) const {
    span where = node_.where();
    const auto length = count_code_points(text_);
    const std::uint32_t quote = node_.quoted ? 1 : 0;
    if (where.length != length + 2 * quote) return where;
    where.column += quote + static_cast<std::uint32_t>(count_code_points(text_.substr(0, begin)));
    where.length = static_cast<std::uint32_t>(count_code_points(text_.substr(begin, end - begin)));
    return where;
  }

  void report_bad_form(std::size_t begin, std::size_t end) {
    const std::string written(text_.substr(begin, end - begin));
    auto& mistake =
        found_.error("CFG0041", place(begin, end), "'" + written + "' is not a variable");
    mistake.at_key(path_).expecting("${NAME}, ${NAME:-default}, or '$$' for a dollar sign");
    if (is_name(std::string_view(written).substr(1)))
      mistake.suggesting("${" + written.substr(1) + "}");
  }

  void report_unset(std::size_t begin, std::size_t end, std::string_view name) {
    std::vector<std::string> names;
    for (const auto& [known, value] : variables_) names.push_back(known);
    const std::string near = nearest(name, names);
    const std::string text(name);
    found_.error("CFG0040", place(begin, end), "environment variable '" + text + "' is not set")
        .at_key(path_)
        .suggesting(near.empty() ? "" : "${" + near + "}")
        .helping("set it, or give a default: ${" + text + ":-value}");
  }

  tree_node& node_;
  const std::string& path_;
  const environment& variables_;
  diagnostics& found_;
  std::string_view text_;
  std::string used_;
  bool reference_ = false;
};

}  // namespace

void replace_variables(tree_node& root, const std::string& path, const environment& variables,
                       diagnostics& found) {
  // What came from the environment is taken as it is: a '$' in a password is only a '$'.
  if (root.is_scalar() && !root.reference && root.scalar.find('$') != std::string::npos) {
    scalar_replacer(root, path, variables, found).run();
  }
  for (std::size_t i = 0; i < root.children.size(); ++i) {
    tree_node& child = root.children[i];
    const std::string child_path =
        root.is_map() ? join_key(path, child.key) : path + "[" + std::to_string(i) + "]";
    replace_variables(child, child_path, variables, found);
  }
}

}  // namespace mw::kernel

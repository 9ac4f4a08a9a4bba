// functions: a brace matcher that tells scopes, initialisers and function bodies apart.
// SPDX-License-Identifier: Apache-2.0
#include "functions.h"

#include "lexer.h"
#include "source_tree.h"

#include <algorithm>
#include <array>
#include <string>

namespace mw::tidy {
namespace {

constexpr auto none = std::string_view::npos;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \n\t");
  return first == none ? std::string_view() : text.substr(first);
}

std::string_view without_access(std::string_view text) {
  constexpr std::array labels{"public:", "protected:", "private:"};
  text = trimmed(text);
  for (std::string_view label : labels)
    if (text.starts_with(label)) return trimmed(text.substr(label.size()));
  return text;
}

// Removes `public:` and `template <...>` from the front of a declaration.
std::string_view without_template(std::string_view text) {
  text = without_access(text);
  while (text.starts_with("template")) {
    int depth = 0;
    std::size_t at = text.find('<');
    if (at == none) return text;
    for (; at < text.size(); ++at) {
      if (text[at] == '<') ++depth;
      if (text[at] == '>' && text[at - 1] != '-' && --depth == 0) break;
    }
    text = trimmed(text.substr(std::min(at + 1, text.size())));
  }
  return text;
}

class finder {
 public:
  explicit finder(std::string_view code) : text_(without_preprocessor(code)), code_(text_) {}

  std::vector<function_span> run() {
    scope(0);
    return std::move(found_);
  }

 private:
  // Walks one namespace or class body from `at` to its closing brace; returns where it ends.
  std::size_t scope(std::size_t at) {
    std::size_t statement = at;
    while (at < code_.size()) {
      const char c = code_[at];
      if (c == '}') return at;
      if (c == ';') statement = at + 1;
      if (c == '(') at = closing(at);
      if (c == '{') {
        at = brace(statement, at);
        if (!continues(at)) statement = at + 1;
      }
      ++at;
    }
    return at;
  }

  std::size_t brace(std::size_t statement, std::size_t open) {
    const std::string_view head = without_template(code_.substr(statement, open - statement));
    if (opens_scope(head)) return scope(open + 1);
    const std::size_t close = closing(open);
    if (is_function(head) && !continues(close))
      found_.push_back({line_of(code_, open), line_of(code_, close)});
    return close;
  }

  // A brace group that the declaration goes on after: a member initialiser, or `= {...};`.
  [[nodiscard]] bool continues(std::size_t close) const {
    if (close >= code_.size()) return false;
    const std::string_view rest = trimmed(code_.substr(close + 1));
    return rest.starts_with(',') || rest.starts_with('{') || rest.starts_with(';');
  }

  static bool opens_scope(std::string_view head) {
    constexpr std::array words{"namespace", "class",  "struct",          "union",
                               "enum",      "extern", "inline namespace"};
    const bool scope_word = std::any_of(
        words.begin(), words.end(), [&](std::string_view word) { return head.starts_with(word); });
    return head.empty() ? true : scope_word && !head.ends_with(')');
  }

  static bool is_function(std::string_view head) {
    const auto parameters = head.find('(');
    if (parameters == none) return false;
    const auto assigned = head.find('=');
    return assigned > parameters || head.find("operator") != none;
  }

  // The offset of what closes the bracket at `open`.
  [[nodiscard]] std::size_t closing(std::size_t open) const {
    int depth = 0;
    for (std::size_t at = open; at < code_.size(); ++at) {
      const char c = code_[at];
      if (c == '(' || c == '{' || c == '[') ++depth;
      if ((c == ')' || c == '}' || c == ']') && --depth == 0) return at;
    }
    return code_.size() - 1;
  }

  std::string text_;
  std::string_view code_;
  std::vector<function_span> found_;
};

}  // namespace

std::vector<function_span> functions_of(std::string_view code) {
  return code.empty() ? std::vector<function_span>() : finder(code).run();
}

}  // namespace mw::tidy

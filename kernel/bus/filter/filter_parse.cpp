// filter_parse: recursive descent over the tokens of a filter, up to the first mistake.
// SPDX-License-Identifier: Apache-2.0
//
//   any        = all { "or" all }
//   all        = term { "and" term }
//   term       = "not" term | "(" any ")" | comparison
//   comparison = field [ operator literal | "in" "[" literal { "," literal } "]" ]
#include "bus/filter/filter_syntax.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace mw::kernel {
namespace {

constexpr std::array<std::string_view, 6> reserved{"and", "or", "not", "in", "true", "false"};

bool is_reserved(const filter_token& token) {
  return std::find(reserved.begin(), reserved.end(), token.value) != reserved.end();
}

std::string described(const filter_token& token) {
  if (token.kind == token_kind::end) return "the end";
  if (token.kind == token_kind::text) return "a text";
  return "'" + token.value + "'";
}

// Each method takes what its name says from the front of the tokens. Nothing means that error() is
// set; the first mistake ends the parse.
class filter_parser {
 public:
  explicit filter_parser(std::string_view text) : lexer_(text), token_(lexer_.next()) {}

  std::optional<filter_node> whole() {
    std::optional<filter_node> out = any(0);
    if (!out || token_.kind == token_kind::end) return out;
    expected("'and', 'or' or the end");
    return std::nullopt;
  }
  [[nodiscard]] filter_error error() && { return std::move(*error_); }

 private:
  std::optional<filter_node> any(std::size_t depth) {
    return chain(filter_node::kind::any, "or", [&] { return all(depth); });
  }
  std::optional<filter_node> all(std::size_t depth) {
    return chain(filter_node::kind::all, "and", [&] { return term(depth); });
  }

  // part { word part }; a chain of one part is the part itself.
  template <class Part>
  std::optional<filter_node> chain(filter_node::kind what, std::string_view word, Part part) {
    std::optional<filter_node> first = part();
    if (!first || !token_.is(token_kind::word, word)) return first;
    filter_node out;
    out.what = what;
    out.children.push_back(std::move(*first));
    while (token_.is(token_kind::word, word)) {
      if (!count_node()) return std::nullopt;
      advance();
      std::optional<filter_node> more = part();
      if (!more) return std::nullopt;
      out.children.push_back(std::move(*more));
    }
    return out;
  }

  std::optional<filter_node> term(std::size_t depth) {
    const bool negated = token_.is(token_kind::word, "not");
    if (!negated && !token_.is(token_kind::symbol, "(")) return comparison();
    if (depth == filter_limits::depth)
      return fail("a filter may be 32 parentheses and negations deep");
    if (!count_node()) return std::nullopt;
    advance();
    if (negated) {
      std::optional<filter_node> inner = term(depth + 1);
      if (!inner) return std::nullopt;
      filter_node out;
      out.what = filter_node::kind::negation;
      out.children.push_back(std::move(*inner));
      return out;
    }
    std::optional<filter_node> inner = any(depth + 1);
    if (!inner) return std::nullopt;
    if (!take(")")) return expected("'and', 'or' or ')'");
    return inner;
  }

  std::optional<filter_node> comparison() {
    if (token_.kind != token_kind::word || is_reserved(token_)) return expected("a field");
    if (!count_node()) return std::nullopt;
    filter_node out;
    out.field = advance();
    const auto found =
        token_.kind == token_kind::symbol || token_.kind == token_kind::word
            ? std::find(filter_operator_names.begin(), filter_operator_names.end(), token_.value)
            : filter_operator_names.end();
    if (found == filter_operator_names.end()) return without_operator(std::move(out));
    out.op = static_cast<filter_operator>(found - filter_operator_names.begin());
    out.op_token = advance();
    const bool listed = out.op == filter_operator::in;
    if (!(listed ? list(out) : literal(out))) return std::nullopt;
    return out;
  }

  // A field alone is fine where a condition may end; otherwise its operator is missing or misspelt.
  std::optional<filter_node> without_operator(filter_node field) {
    const bool complete = token_.kind == token_kind::end || token_.is(token_kind::symbol, ")") ||
                          token_.is(token_kind::word, "and") || token_.is(token_kind::word, "or");
    if (complete) return field;
    return expected("an operator (== != < <= > >= contains starts_with ends_with matches in)");
  }

  bool list(filter_node& to) {
    if (!take("[")) return refused(expected("'[' and the values to look for"));
    do {
      if (!literal(to)) return false;
    } while (take(","));
    return take("]") || refused(expected("',' or ']'"));
  }

  bool literal(filter_node& to) {
    const bool truth = token_.is(token_kind::word, "true") || token_.is(token_kind::word, "false");
    if (token_.kind == token_kind::word && !truth)
      return refused(expected("a value (texts stand in quotes)"));
    if (!truth && token_.kind != token_kind::text && token_.kind != token_kind::number)
      return refused(expected("a value"));
    if (to.op == filter_operator::in && !count_node()) return false;
    to.literals.push_back(advance());
    return true;
  }

  filter_token advance() { return std::exchange(token_, lexer_.next()); }
  bool take(std::string_view symbol) {
    if (!token_.is(token_kind::symbol, symbol)) return false;
    advance();
    return true;
  }
  bool count_node() {
    return ++nodes_ <= filter_limits::nodes || refused(fail("a filter may have 256 parts"));
  }

  // Both blame the current token. What the lexer found wrong with it goes before what was expected.
  std::nullopt_t expected(std::string_view what) {
    return fail("expected " + std::string(what) + ", got " + described(token_));
  }
  std::nullopt_t fail(std::string why) {
    const bool bad = token_.kind == token_kind::bad;
    error_ = filter_error{token_.offset, token_.length, bad ? token_.value : std::move(why), {}};
    return std::nullopt;
  }

  static bool refused(std::nullopt_t) { return false; }

  filter_lexer lexer_;
  filter_token token_;
  std::size_t nodes_ = 0;
  std::optional<filter_error> error_;
};

}  // namespace

std::variant<filter_node, filter_error> parse_filter(std::string_view text) {
  constexpr std::size_t limit = filter_limits::text_bytes;
  if (text.size() > limit)
    return filter_error{limit, text.size() - limit, "a filter may be 1024 bytes long", {}};
  filter_parser parser(text);
  if (std::optional<filter_node> root = parser.whole()) return std::move(*root);
  return std::move(parser).error();
}

}  // namespace mw::kernel

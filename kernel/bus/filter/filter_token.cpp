// filter_token: the lexer of the filter language.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter_token.h"

#include <array>
#include <cstdio>
#include <utility>

namespace mw::kernel {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// What people write who come from other languages, and what it is called here.
struct habit {
  std::string_view written;
  std::string_view here;
};
constexpr std::array<habit, 6> habits{
    {{"&&", "and"}, {"||", "or"}, {"=~", "matches"}, {"&", "and"}, {"|", "or"}, {"!", "not"}}};

}  // namespace

filter_token filter_lexer::next() {
  while (is_space(peek())) ++at_;
  if (at_ == text_.size()) return cut(token_kind::end, 0);
  const char c = peek();
  if (is_letter(c)) return word();
  if (is_digit(c) || (c == '-' && is_digit(peek(1)))) return number();
  if (c == '"' || c == '\'') return quoted();
  return symbol();
}

filter_token filter_lexer::cut(token_kind kind, std::size_t length) {
  filter_token out{kind, at_, length, std::string(text_.substr(at_, length))};
  at_ += length;
  return out;
}

filter_token filter_lexer::bad(std::size_t length, std::string why) {
  filter_token out{token_kind::bad, at_, length, std::move(why)};
  at_ = text_.size();  // nothing after a mistake is worth a second look
  return out;
}

filter_token filter_lexer::word() {
  std::size_t length = 1;
  while (is_letter(peek(length)) || is_digit(peek(length))) ++length;
  return cut(token_kind::word, length);
}

// Takes everything that sticks to the digits, so that `5sec` is one wrong literal and not a number
// with a stray word after it. A sign belongs to the number in front and after an exponent's `e`.
filter_token filter_lexer::number() {
  std::size_t length = 1;
  for (;; ++length) {
    const char c = peek(length);
    const char before = peek(length - 1);
    const bool sign_of_exponent =
        (c == '+' || c == '-') && (before == 'e' || before == 'E') && is_digit(peek(length + 1));
    if (!is_digit(c) && !is_letter(c) && c != '.' && !sign_of_exponent) break;
  }
  return cut(token_kind::number, length);
}

filter_token filter_lexer::quoted() {
  const char quote = peek();
  std::string value;
  for (std::size_t i = 1; at_ + i < text_.size(); ++i) {
    const char c = peek(i);
    if (c == quote) {
      filter_token out = cut(token_kind::text, i + 1);
      out.value = std::move(value);
      return out;
    }
    if (c != '\\') {
      value.push_back(c);
      continue;
    }
    const char escaped = peek(++i);
    if (escaped != '\\' && escaped != '"' && escaped != '\'') {
      at_ += i - 1;
      return bad(at_ + 1 < text_.size() ? 2 : 1, R"(only \\, \" and \' are escapes)");
    }
    value.push_back(escaped);
  }
  return bad(text_.size() - at_, std::string("this text has no closing ") + quote);
}

filter_token filter_lexer::symbol() {
  const char c = peek();
  const bool equals = peek(1) == '=';
  if (equals && (c == '=' || c == '!' || c == '<' || c == '>')) return cut(token_kind::symbol, 2);
  if (std::string_view("<>()[],").find(c) != std::string_view::npos)
    return cut(token_kind::symbol, 1);
  for (const habit& one : habits)
    if (text_.substr(at_).starts_with(one.written))
      return bad(one.written.size(), "write '" + std::string(one.here) + "' here");
  if (c == '=') return bad(1, "write '==' to compare");
  std::array<char, 32> text{};
  const bool printable = c > ' ' && c < '\x7f';
  std::snprintf(text.data(), text.size(), printable ? "unexpected '%c'" : "unexpected byte 0x%02x",
                static_cast<unsigned char>(c));
  return bad(1, text.data());
}

}  // namespace mw::kernel

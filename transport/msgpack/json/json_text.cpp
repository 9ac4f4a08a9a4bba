// json_text: one pass, without recursion: what is open is kept in a list.
// SPDX-License-Identifier: Apache-2.0
#include "json_text.h"

#include <mw/toolkit/utf8.h>

#include <algorithm>

namespace mw::msgpack {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The value of four hexadecimal digits; -1 when they are not there.
int hex4(std::string_view text) {
  if (text.size() < 4) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const char c = text[i];
    const int digit = is_digit(c)            ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

bool is_first_half(int unit) {
  return unit >= 0xd800 && unit <= 0xdbff;
}
bool is_second_half(int unit) {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

void append_utf8(std::string& out, std::uint32_t point) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 63));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 63));
    put(0x80 | (point & 63));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 63));
    put(0x80 | (point >> 6 & 63));
    put(0x80 | (point & 63));
  }
}

constexpr std::string_view escapes = "\"\\/bfnrt";
constexpr std::string_view escaped = "\"\\/\b\f\n\r\t";

}  // namespace

bool json_text::parse() {
  if (text_.size() > bounds_.decoded)
    return refuse(0, reason::size,
                  "the text has " + std::to_string(text_.size()) + " bytes, the limit is " +
                      std::to_string(bounds_.decoded) + "; the option `decoded_max` sets it");
  skip_space();
  while (wants_value_ || !open_.empty())
    if (!(wants_value_ ? value() : after_value())) return false;
  skip_space();
  if (at_ == text_.size()) return true;
  return refuse(at_, reason::syntax, "text behind the end of the value");
}

bool json_text::value() {
  wants_value_ = false;
  switch (peek()) {
    case '{':
      return open(token_kind::object);
    case '[':
      return open(token_kind::array);
    case '"':
      return text();
    case 't':
    case 'f':
    case 'n':
      return literal();
    default:
      return number();
  }
}

bool json_text::open(token_kind kind) {
  if (open_.size() == 3 * bounds_.depth + 1)
    return refuse(at_, reason::depth,
                  "more than " + std::to_string(bounds_.depth) +
                      " arrays and objects inside each other; the option `depth` sets the limit");
  open_.push_back(tokens_.size());
  if (!add(kind, at_, at_ + 1)) return false;
  ++at_;
  skip_space();
  const char bracket = kind == token_kind::array ? ']' : '}';
  if (peek() == bracket) return close(bracket);
  if (kind == token_kind::object) return key();
  wants_value_ = true;
  return true;
}

// Behind a value inside something: a comma and the next one, or the end.
bool json_text::after_value() {
  skip_space();
  token& around = tokens_[open_.back()];
  const bool in_array = around.kind == token_kind::array;
  ++around.count;
  if (peek() != ',') return close(in_array ? ']' : '}');
  ++at_;
  skip_space();
  if (!in_array) return key();
  wants_value_ = true;
  return true;
}

bool json_text::key() {
  if (peek() != '"') return refuse(at_, reason::syntax, "a key in double quotes is missing here");
  if (!text()) return false;
  skip_space();
  if (peek() != ':') return refuse(at_, reason::syntax, "a colon is missing behind the key");
  ++at_;
  skip_space();
  wants_value_ = true;
  return true;
}

bool json_text::close(char bracket) {
  if (peek() != bracket)
    return refuse(at_, reason::syntax, std::string("a comma or ") + bracket + " is missing here");
  ++at_;
  const std::size_t index = open_.back();
  open_.pop_back();
  tokens_[index].next = tokens_.size();
  return bracket == ']' || unique_keys(index);
}

bool json_text::unique_keys(std::size_t object) {
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (std::size_t i = object + 1; i < tokens_[object].next; i = tokens_[i + 1].next)
    keys.emplace_back(unescaped(tokens_[i].raw), tokens_[i].at);
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(
      keys.begin(), keys.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice == keys.end()) return true;
  return refuse(std::next(twice)->second, reason::syntax, "the key is there twice");
}

bool json_text::literal() {
  constexpr std::string_view words[] = {"null", "true", "false"};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!text_.substr(at_).starts_with(words[i])) continue;
    at_ += words[i].size();
    return add(static_cast<token_kind>(i), at_ - words[i].size(), at_);
  }
  return refuse(at_, reason::syntax, "neither a value nor null, true or false");
}

bool json_text::digits() {
  const std::size_t from = at_;
  while (is_digit(peek())) ++at_;
  return at_ > from;
}

bool json_text::number() {
  const std::size_t from = at_;
  if (peek() == '-') ++at_;
  const bool leading_zero = peek() == '0';
  const std::size_t first = at_;
  if (!digits()) return refuse(from, reason::syntax, "a value is missing here");
  if (leading_zero && at_ - first > 1)
    return refuse(from, reason::syntax, "a number with a zero in front");
  if (peek() == '.') {
    ++at_;
    if (!digits()) return refuse(from, reason::syntax, "no digits behind the point");
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') ++at_;
    if (!digits()) return refuse(from, reason::syntax, "no digits in the exponent");
  }
  return add(token_kind::number, from, at_);
}

bool json_text::text() {
  const std::size_t from = at_;
  ++at_;
  while (peek() != '"') {
    if (at_ == text_.size()) return refuse(from, reason::syntax, "the text has no end");
    if (static_cast<unsigned char>(peek()) < 0x20)
      return refuse(at_, reason::syntax, "a control character; write it as \\u00…");
    if (peek() == '\\') {
      if (!escape()) return false;
      continue;
    }
    const std::size_t length = utf8_length(text_.substr(at_));
    if (length == 0) return refuse(at_, reason::utf8, "the text is not UTF-8");
    at_ += length;
  }
  ++at_;
  if (!add(token_kind::text, from, at_)) return false;
  tokens_.back().raw = text_.substr(from + 1, at_ - from - 2);
  return true;
}

bool json_text::escape() {
  const std::string_view rest = text_.substr(at_);
  if (rest.size() > 1 && escapes.find(rest[1]) != std::string_view::npos) return at_ += 2, true;
  const int unit = rest.substr(1).starts_with('u') ? hex4(rest.substr(2)) : -1;
  if (unit < 0) return refuse(at_, reason::syntax, "an escape that JSON does not have");
  if (is_second_half(unit)) return refuse(at_, reason::utf8, "half of a surrogate pair");
  at_ += 6;
  if (!is_first_half(unit)) return true;
  const bool goes_on = rest.size() >= 12 && rest.substr(6).starts_with("\\u");
  if (!goes_on || !is_second_half(hex4(rest.substr(8))))
    return refuse(at_ - 6, reason::utf8, "half of a surrogate pair");
  at_ += 6;
  return true;
}

bool json_text::add(token_kind kind, std::size_t from, std::size_t to) {
  if (tokens_.size() > 4 * bounds_.nodes)
    return refuse(from, reason::nodes,
                  "more than " + std::to_string(bounds_.nodes) +
                      " values; the option `nodes` sets the limit");
  tokens_.push_back({kind, from, text_.substr(from, to - from), 0, tokens_.size() + 1});
  return true;
}

void json_text::skip_space() {
  while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') ++at_;
}

bool json_text::refuse(std::size_t at, reason because, std::string what) {
  why_.why = because;
  why_.at = at;
  why_.what = std::move(what);
  return false;
}

std::string unescaped(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size();) {
    if (raw[i] != '\\') {
      out += raw[i++];
      continue;
    }
    if (raw[i + 1] != 'u') {
      out += escaped[escapes.find(raw[i + 1])];
      i += 2;
      continue;
    }
    auto point = static_cast<std::uint32_t>(hex4(raw.substr(i + 2)));
    i += 6;
    if (is_first_half(static_cast<int>(point))) {
      const auto second = static_cast<std::uint32_t>(hex4(raw.substr(i + 2)));
      point = 0x10000 + ((point - 0xd800) << 10) + (second - 0xdc00);
      i += 6;
    }
    append_utf8(out, point);
  }
  return out;
}

}  // namespace mw::msgpack

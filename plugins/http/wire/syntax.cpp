// syntax: tables and loops behind the character classes.
// SPDX-License-Identifier: Apache-2.0
#include "wire/syntax.h"

#include <algorithm>
#include <array>

namespace mw::http {
namespace {

constexpr std::size_t quoted_bytes_max = 64;

constexpr std::array<bool, 256> make_token_chars() {
  std::array<bool, 256> table{};
  for (char c = '0'; c <= '9'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) table[static_cast<unsigned char>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto token_chars = make_token_chars();

bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// Registered names as hosts are written in practice: no percent-encoding, no sub-delimiters.
bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' || c == '.' ||
         c == '_';
}
bool is_ipv6_char(char c) {
  return hex_digit(c) >= 0 || c == ':' || c == '.';
}

// The length of the host at the front of `text`; 0 when there is none.
std::size_t host_length(std::string_view text) {
  if (!text.starts_with('[')) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_name_char);
    return static_cast<std::size_t>(end - text.begin());
  }
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos || close < 3) return 0;
  const std::string_view inside = text.substr(1, close - 1);
  return std::all_of(inside.begin(), inside.end(), is_ipv6_char) ? close + 1 : 0;
}

std::optional<std::uint16_t> parse_port(std::string_view digits) {
  if (digits.empty() || digits.size() > 5) return std::nullopt;
  std::uint32_t port = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    port = port * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

}  // namespace

bool is_token_char(char c) noexcept {
  return token_chars[static_cast<unsigned char>(c)];
}

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

bool is_field_value(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_value_char);
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool list_has(std::string_view list, std::string_view token) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equals_ignoring_case(trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return false;
}

std::string quoted(std::string_view peer_text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : peer_text.substr(0, quoted_bytes_max)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F && c != '"' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  out += peer_text.size() > quoted_bytes_max ? "\"..." : "\"";
  return out;
}

std::optional<authority> parse_authority(std::string_view text) noexcept {
  const std::size_t length = host_length(text);
  if (length == 0) return std::nullopt;
  authority parsed{text.substr(0, length), std::nullopt};
  if (length == text.size()) return parsed;
  if (text[length] != ':') return std::nullopt;
  parsed.port = parse_port(text.substr(length + 1));
  if (!parsed.port) return std::nullopt;
  return parsed;
}

}  // namespace mw::http

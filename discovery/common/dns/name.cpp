// name: see name.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/name.h"

#include <algorithm>
#include <cstdint>

namespace mw::dns {
namespace {

std::uint8_t length_at(const std::string& wire, std::size_t at) {
  return static_cast<std::uint8_t>(wire[at]);
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One character of a label, escapes included; false when the escape is none.
bool take_character(std::string_view& text, char& out) {
  out = text.front();
  text.remove_prefix(1);
  if (out != '\\') return true;
  if (text.empty()) return false;
  if (!is_digit(text.front())) {
    out = text.front();
    text.remove_prefix(1);
    return true;
  }
  if (text.size() < 3 || !is_digit(text[1]) || !is_digit(text[2])) return false;
  const int code = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
  out = static_cast<char>(code);
  text.remove_prefix(3);
  return code <= 255;
}

failure bad_name(std::string_view text, std::string_view why) {
  return {errc::invalid,
          "'" + std::string(text.substr(0, 300)) + "' is not a domain name: " + std::string(why)};
}

}  // namespace

result<name> name::parse(std::string_view text) {
  name out;
  if (text == ".") return out;
  const std::string_view whole = text;
  if (text.empty()) return bad_name(whole, "it is empty");
  while (!text.empty()) {
    std::string label;
    while (!text.empty() && text.front() != '.') {
      char c = 0;
      if (!take_character(text, c)) return bad_name(whole, "\\ stands before a character or \\ddd");
      label += c;
    }
    if (label.empty()) return bad_name(whole, "two dots in a row, or one at the beginning");
    if (label.size() > label_max) return bad_name(whole, "a part of it is longer than 63 bytes");
    if (!out.append(label)) return bad_name(whole, "it is longer than 255 bytes");
    if (!text.empty()) text.remove_prefix(1);
  }
  return out;
}

bool name::append(std::string_view label) {
  if (label.empty() || label.size() > label_max) return false;
  if (wire_.size() + 1 + label.size() > wire_max) return false;
  wire_.back() = static_cast<char>(label.size());
  wire_.append(label);
  wire_.push_back('\0');
  return true;
}

std::string_view name::first() const {
  return std::string_view(wire_).substr(1, length_at(wire_, 0));
}

name name::parent() const {
  name out;
  if (!is_root()) out.wire_ = wire_.substr(std::size_t{1} + length_at(wire_, 0));
  return out;
}

bool name::below(const name& zone) const {
  for (name at = *this;; at = at.parent()) {
    if (at == zone) return true;
    if (at.is_root()) return false;
  }
}

std::string name::text() const {
  if (is_root()) return ".";
  std::string out;
  for (std::size_t at = 0; wire_[at] != '\0'; at += std::size_t{1} + length_at(wire_, at)) {
    if (at != 0) out += '.';
    for (const char c : std::string_view(wire_).substr(at + 1, length_at(wire_, at))) {
      const auto code = static_cast<std::uint8_t>(c);
      if (c == '.' || c == '\\') {
        out += '\\';
        out += c;
      } else if (code < 0x20 || code == 0x7f) {
        out += '\\';
        out += static_cast<char>('0' + code / 100);
        out += static_cast<char>('0' + code / 10 % 10);
        out += static_cast<char>('0' + code % 10);
      } else {
        out += c;
      }
    }
  }
  return out;
}

int name::compare(const name& a, const name& b) {
  const auto order = std::lexicographical_compare_three_way(
      a.wire_.begin(), a.wire_.end(), b.wire_.begin(), b.wire_.end(), [](char x, char y) {
        return static_cast<std::uint8_t>(lower(x)) <=> static_cast<std::uint8_t>(lower(y));
      });
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

}  // namespace mw::dns

// address: numeric text forms of IPv4 and IPv6 (RFC 5952), without asking the system.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/message.h"

#include <algorithm>
#include <charconv>

namespace mw::dns {
namespace {

using groups = std::array<std::uint16_t, 8>;

std::string v4_text(const std::uint8_t* bytes) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += (i == 0 ? "" : ".") + std::to_string(bytes[i]);
  return out;
}

// The longest run of at least two zero groups, the first of equals.
std::pair<std::size_t, std::size_t> longest_zeros(const groups& of) {
  std::pair<std::size_t, std::size_t> best{0, 0};
  for (std::size_t i = 0; i < of.size(); ++i) {
    std::size_t run = 0;
    while (i + run < of.size() && of[i + run] == 0) ++run;
    if (run > 1 && run > best.second) best = {i, run};
  }
  return best;
}

std::string v6_text(const groups& of) {
  const auto [zeros, count] = longest_zeros(of);
  std::string out;
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (count != 0 && i == zeros) {
      out += "::";
      i += count - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 5> hex{};
    const auto end = std::to_chars(hex.data(), hex.data() + hex.size(), of[i], 16).ptr;
    out.append(hex.data(), end);
  }
  return out;
}

template <class T>
bool take_number(std::string_view& text, int base, T most, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  const auto size = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || out > most || size > 4) return false;
  if (base == 10 && size > 1 && text.front() == '0') return false;
  text.remove_prefix(size);
  return true;
}

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return false;
      text.remove_prefix(1);
    }
    unsigned value = 0;
    if (!take_number(text, 10, 255U, value)) return false;
    out[i] = static_cast<std::uint8_t>(value);
  }
  return text.empty();
}

// One side of "::": groups, the last of which may be written as an IPv4 address.
bool parse_groups(std::string_view text, std::vector<std::uint16_t>& out) {
  while (!text.empty()) {
    std::array<std::uint8_t, 4> v4{};
    if (out.size() <= 6 && parse_v4(text, v4.data())) {
      out.push_back(static_cast<std::uint16_t>(v4[0] << 8U | v4[1]));
      out.push_back(static_cast<std::uint16_t>(v4[2] << 8U | v4[3]));
      return true;
    }
    unsigned value = 0;
    if (out.size() == 8 || !take_number(text, 16, 0xffffU, value)) return false;
    out.push_back(static_cast<std::uint16_t>(value));
    if (text.empty()) return true;
    if (!text.starts_with(':') || text.size() == 1) return false;
    text.remove_prefix(1);
  }
  return true;
}

}  // namespace

std::string to_string(const address& value) {
  if (value.size == 4) return v4_text(value.bytes.data());
  groups of{};
  for (std::size_t i = 0; i < of.size(); ++i)
    of[i] = static_cast<std::uint16_t>(value.bytes[2 * i] << 8U | value.bytes[2 * i + 1]);
  return v6_text(of);
}

address parse_address(std::string_view text) {
  address out;
  if (parse_v4(text, out.bytes.data())) {
    out.size = 4;
    return out;
  }
  out = {};
  const std::size_t gap = text.find("::");
  std::vector<std::uint16_t> front;
  std::vector<std::uint16_t> back;
  if (!parse_groups(text.substr(0, gap), front)) return {};
  if (gap != std::string_view::npos && !parse_groups(text.substr(gap + 2), back)) return {};
  const std::size_t count = front.size() + back.size();
  if (gap == std::string_view::npos ? count != 8 : count > 7) return {};
  front.resize(8 - back.size());
  front.insert(front.end(), back.begin(), back.end());
  for (std::size_t i = 0; i < 8; ++i) {
    out.bytes[2 * i] = static_cast<std::uint8_t>(front[i] >> 8U);
    out.bytes[2 * i + 1] = static_cast<std::uint8_t>(front[i] & 0xffU);
  }
  out.size = 16;
  return out;
}

}  // namespace mw::dns

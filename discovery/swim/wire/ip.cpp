// ip: numeric addresses to bytes and back, as RFC 4291 and RFC 5952 write them.
// SPDX-License-Identifier: Apache-2.0
#include "wire/bytes.h"

#include <array>
#include <charconv>
#include <optional>
#include <vector>

namespace mw::swim {

namespace {

std::string four_bytes(std::string_view host) {
  std::string out;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = host.find('.');
    const std::string_view digits = host.substr(0, dot);
    unsigned value = 256;
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault != std::errc{} || end != digits.data() + digits.size() || value > 255) return {};
    out.push_back(static_cast<char>(value));
    if ((dot == std::string_view::npos) != (part == 3)) return {};
    if (part < 3) host.remove_prefix(dot + 1);
  }
  return out;
}

// Groups of sixteen bits, separated by single colons.
std::optional<std::string> groups(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view digits = text.substr(0, colon);
    if (colon == std::string_view::npos && digits.find('.') != std::string_view::npos) {
      const std::string four = four_bytes(digits);
      if (four.empty()) return std::nullopt;
      return out + four;
    }
    unsigned value = 0;
    const auto [end, fault] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (fault != std::errc{} || end != digits.data() + digits.size() || digits.size() > 4)
      return std::nullopt;
    put(out, static_cast<std::uint16_t>(value));
    if (colon == std::string_view::npos) break;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return out;
}

std::string sixteen_bytes(std::string_view host) {
  const std::size_t gap = host.find("::");
  if (gap == std::string_view::npos) {
    const auto all = groups(host);
    return all && all->size() == 16 ? *all : std::string();
  }
  const auto before = groups(host.substr(0, gap));
  const auto after = groups(host.substr(gap + 2));
  if (!before || !after || before->size() + after->size() > 14) return {};
  return *before + std::string(16 - before->size() - after->size(), '\0') + *after;
}

std::string four_text(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    if (!out.empty()) out += '.';
    out += std::to_string(static_cast<unsigned char>(c));
  }
  return out;
}

struct zero_run {
  std::size_t from = 8;
  std::size_t length = 0;
};

zero_run longest_zeros(const std::array<std::uint16_t, 8>& group) {
  zero_run best;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t n = 0;
    while (i + n < 8 && group[i + n] == 0) ++n;
    if (n > best.length) best = {i, n};
  }
  return best.length >= 2 ? best : zero_run{};
}

}  // namespace

std::string ip_bytes(std::string_view host) {
  if (host.find(':') != std::string_view::npos) return sixteen_bytes(host);
  return four_bytes(host);
}

std::string ip_text(std::string_view bytes) {
  if (bytes.size() == 4) return four_text(bytes);
  if (bytes.size() != 16) return {};
  static constexpr std::string_view mapped("\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
  if (bytes.starts_with(mapped)) return four_text(bytes.substr(12));
  byte_reader in(bytes);
  std::array<std::uint16_t, 8> group{};
  for (std::uint16_t& one : group) one = in.number<std::uint16_t>();
  const zero_run gap = longest_zeros(group);
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap.from) {
      out += "::";
      i += gap.length - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    std::array<char, 5> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), group[i], 16);
    out.append(digits.data(), end.ptr);
  }
  return out;
}

}  // namespace mw::swim

// address: parsing and printing by hand, strictly.
// SPDX-License-Identifier: Apache-2.0
#include "networks/address.h"

#include <algorithm>
#include <array>
#include <optional>

namespace mw::firewall {
namespace {

constexpr std::size_t text_max = 64;  // of an address with zone and length

failure wrong(std::string_view text, std::string_view why) {
  return {errc::invalid, quoted(text) + " is no address: " + std::string(why) +
                             "; write 192.0.2.7, 2001:db8::1 or 10.0.0.0/8"};
}

// Decimal without leading zeros, which others read as octal.
std::optional<std::uint32_t> decimal(std::string_view text, std::uint32_t most) {
  if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0')) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<std::uint32_t>(c - '0');
  }
  if (value > most) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t value = 0;
  for (int part = 0; part < 4; ++part) {
    const std::size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto byte = decimal(text.substr(0, dot), 255);
    if (!byte) return std::nullopt;
    value = value << 8 | *byte;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return value;
}

std::optional<std::uint16_t> group(std::string_view text) {
  if (text.empty() || text.size() > 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text) {
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9')
      digit = static_cast<std::uint32_t>(c - '0');
    else if (c >= 'a' && c <= 'f')
      digit = static_cast<std::uint32_t>(c - 'a') + 10;
    else if (c >= 'A' && c <= 'F')
      digit = static_cast<std::uint32_t>(c - 'A') + 10;
    else
      return std::nullopt;
    value = value << 4 | digit;
  }
  return static_cast<std::uint16_t>(value);
}

struct groups {
  std::array<std::uint16_t, 8> value{};
  std::size_t count = 0;

  bool add(std::uint16_t one) {
    if (count == value.size()) return false;
    value[count++] = one;
    return true;
  }
};

// "a:b:c" or "a:b:192.0.2.7", without any "::"; empty has none.
bool read_groups(std::string_view text, groups& into) {
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view one = text.substr(0, colon);
    if (one.find('.') != std::string_view::npos) {
      const auto v4 = colon == std::string_view::npos ? parse_v4(one) : std::nullopt;
      return v4 && into.add(static_cast<std::uint16_t>(*v4 >> 16)) &&
             into.add(static_cast<std::uint16_t>(*v4 & 0xffff));
    }
    const auto value = group(one);
    if (!value || !into.add(*value)) return false;
    if (colon == std::string_view::npos) return true;
    text.remove_prefix(colon + 1);
    if (text.empty()) return false;  // ends with a colon
  }
  return true;
}

std::optional<ip_address> parse_v6(std::string_view text) {
  groups front;
  groups back;
  const std::size_t gap = text.find("::");
  const bool whole = gap == std::string_view::npos;
  const std::string_view before = text.substr(0, gap);
  if (!whole && before.find('.') != std::string_view::npos) return std::nullopt;
  if (!read_groups(before, front)) return std::nullopt;
  if (!whole && !read_groups(text.substr(gap + 2), back)) return std::nullopt;
  const std::size_t count = front.count + back.count;
  if (whole ? count != 8 : count > 7) return std::nullopt;
  for (std::size_t i = 0; i < back.count; ++i) front.value[8 - back.count + i] = back.value[i];
  ip_address out;
  for (std::size_t i = 0; i < 4; ++i) out.high = out.high << 16 | front.value[i];
  for (std::size_t i = 4; i < 8; ++i) out.low = out.low << 16 | front.value[i];
  return out;
}

constexpr std::uint64_t mask(unsigned bits) {
  return bits == 0 ? 0 : bits >= 64 ? ~std::uint64_t{0} : ~(~std::uint64_t{0} >> bits);
}

std::string v4_text(std::uint64_t low) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8)
    out += std::to_string(low >> shift & 255) + (shift > 0 ? "." : "");
  return out;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text.substr(0, 64)) out += c < ' ' || c > '~' ? '?' : c;
  return out + (text.size() > 64 ? "...'" : "'");
}

network network_of(const ip_address& one, unsigned length) {
  length = std::min(length, 128u);
  return {{one.high & mask(length), one.low & mask(length > 64 ? length - 64 : 0)},
          static_cast<std::uint8_t>(length)};
}

bool network::holds(const ip_address& one) const {
  if (one.is_v4() && length < 96) return false;
  return network_of(one, length) == *this;
}

result<ip_address> parse_address(std::string_view text) {
  if (text.size() > text_max) return wrong(text, "it is too long");
  std::string_view plain = text;
  if (const std::size_t zone = text.find('%'); zone != std::string_view::npos) {
    plain = text.substr(0, zone);
    if (plain.find(':') == std::string_view::npos) return wrong(text, "only IPv6 has zones");
    if (zone + 1 == text.size()) return wrong(text, "the zone is empty");
  }
  if (plain.find(':') != std::string_view::npos) {
    const auto v6 = parse_v6(plain);
    if (!v6) return wrong(text, "IPv6 has eight groups of up to four hex digits");
    return *v6;
  }
  const auto v4 = parse_v4(plain);
  if (!v4) return wrong(text, "IPv4 has four numbers from 0 to 255 without leading zeros");
  return ip_address{0, std::uint64_t{0xffff} << 32 | *v4};
}

result<network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  MW_TRY(const ip_address base, parse_address(text.substr(0, slash)));
  if (slash == std::string_view::npos) return network{base, 128};
  // The length counts as it is written: "::ffff:10.0.0.0/104" and "10.0.0.0/8" are the same.
  const bool dotted = text.substr(0, slash).find(':') == std::string_view::npos;
  const auto length = decimal(text.substr(slash + 1), dotted ? 32 : 128);
  if (!length) return wrong(text, dotted ? "the length is 0 to 32" : "the length is 0 to 128");
  const unsigned bits = *length + (dotted ? 96u : 0u);
  if (base.is_v4() && bits < 96)
    return wrong(text, "shorter than 96 bits it mixes IPv4 and IPv6: give both networks");
  const network out = network_of(base, bits);
  if (out.base != base)
    return failure(errc::invalid, quoted(text) + " has bits beyond its length: is " +
                                      to_string(out) + " meant, or " + to_string(base) + "?");
  return out;
}

std::string to_string(const ip_address& one) {
  if (one.is_v4()) return v4_text(one.low);
  std::array<std::uint16_t, 8> value{};
  for (unsigned i = 0; i < 8; ++i)
    value[i] = static_cast<std::uint16_t>((i < 4 ? one.high : one.low) >> (48 - 16 * (i % 4)));
  // The longest run of zeros, two at least, becomes "::".
  std::size_t from = 8;
  std::size_t most = 1;
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t run = 0;
    while (i + run < 8 && value[i + run] == 0) ++run;
    if (run > most) from = i, most = run;
    if (run > 0) i += run - 1;
  }
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == from) {
      out += "::";
      i += most - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      const unsigned digit = value[i] >> shift & 15u;
      begun = begun || digit != 0 || shift == 0;
      if (begun) out += digits[digit];
    }
  }
  return out;
}

std::string to_string(const network& one) {
  const bool v4 = one.base.is_v4() && one.length >= 96;
  if (one.length == 128) return to_string(one.base);
  return to_string(one.base) + "/" + std::to_string(v4 ? one.length - 96 : one.length);
}

}  // namespace mw::firewall

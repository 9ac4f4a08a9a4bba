// spiffe_id: names of the form spiffe://trust-domain/path, and what can be wrong with one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::spiffe {

inline constexpr std::string_view scheme = "spiffe://";
inline constexpr std::size_t id_size_max = 2048;     // bytes of the whole name
inline constexpr std::size_t domain_size_max = 255;  // bytes of the trust domain

// One for each rule of the SPIFFE-ID standard, so that each can have its own code.
enum class fault : std::uint8_t {
  none,
  too_long,
  wrong_scheme,  // anything but a lower-case spiffe://
  userinfo,      // an @ in the authority
  port,          // a colon in the authority
  empty_domain,
  domain_too_long,
  domain_case,       // A to Z
  domain_character,  // anything but a-z 0-9 . _ -
  no_path,           // names the domain itself, which no workload may
  trailing_slash,
  empty_segment,
  dot_segment,  // . or ..
  percent,      // percent-encoding
  query,
  fragment,
  path_character,  // anything but A-Z a-z 0-9 . _ -
};
inline constexpr std::size_t fault_count = 17;

// What the rule asks for: "must begin with spiffe://", in the words of an error message.
[[nodiscard]] std::string_view rule_of(fault what) noexcept;

// Views into the text that was parsed.
struct parsed {
  fault what = fault::none;
  std::size_t at = 0;  // offset of the first byte that breaks the rule
  std::string_view domain;
  std::string_view path;  // from its first slash
};

// Never allocates; linear in the text.
[[nodiscard]] parsed parse(std::string_view text) noexcept;

[[nodiscard]] constexpr bool is_domain_character(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}
[[nodiscard]] constexpr bool is_path_character(char c) noexcept {
  return is_domain_character(c) || (c >= 'A' && c <= 'Z');
}

}  // namespace mw::spiffe

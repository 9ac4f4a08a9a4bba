// syntax: the character classes and small comparisons that every part of HTTP shares.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mw::http {

// Why a peer was turned away: the status code it gets and a sentence that says what, limit and got.
struct refusal {
  int status = 400;
  std::string text;
};

// `tchar` of RFC 9110: what method names, field names and connection options are made of.
[[nodiscard]] bool is_token_char(char c) noexcept;
[[nodiscard]] bool is_token(std::string_view text) noexcept;

// A field value may hold tabs, spaces, visible ASCII and bytes above 0x7F; no other control byte.
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;

[[nodiscard]] int hex_digit(char c) noexcept;  // -1 when it is none

[[nodiscard]] char lower(char c) noexcept;  // ASCII only
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

// Whether the comma-separated `list` holds `token`, in any case.
[[nodiscard]] bool list_has(std::string_view list, std::string_view token) noexcept;

// Peer text for error messages: quoted, cut, and with everything unprintable escaped.
[[nodiscard]] std::string quoted(std::string_view peer_text);

// `host[:port]` as in the Host field and in absolute targets.
struct authority {
  std::string_view host;  // an IPv6 address keeps its brackets
  std::optional<std::uint16_t> port;
};
[[nodiscard]] std::optional<authority> parse_authority(std::string_view text) noexcept;

}  // namespace mw::http

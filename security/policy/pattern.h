// pattern: a name with wildcards: `*` is one segment, `**` at the end is the rest, also nothing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "names.h"

#include <mw/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::access_policy {

inline constexpr std::size_t stars_max = 4;  // `*` in one pattern: bounds what a look-up visits

// orders.*  orders.**  /routing/**  spiffe://mesh.local/svc/*  ops@example
struct pattern {
  name_kind kind = name_kind::service;
  std::vector<std::string> parts;  // "*" is any one segment
  bool rest = false;               // ended with **
  friend bool operator==(const pattern&, const pattern&) = default;
};

// `invalid` says what is wrong and what would be right. A trust domain is never a wildcard.
[[nodiscard]] result<pattern> parse_pattern(name_kind kind, std::string_view text);
[[nodiscard]] std::string to_string(const pattern& p);

// The plain way to compare: for people's questions, and for tests of the index.
[[nodiscard]] bool matches(const pattern& p, const segments& name) noexcept;

// Text of strangers for a message: cut at 64 bytes, other bytes than printable ASCII as \xNN.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace mw::access_policy

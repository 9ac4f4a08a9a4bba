// tokens: parsing, and a search that always goes to the end.
// SPDX-License-Identifier: Apache-2.0
#include "gate/tokens.h"

#include "wire/syntax.h"

#include <algorithm>

namespace mw::http {

const token* token_table::find(std::string_view given, bool only_drawn) const {
  if (given.empty() || given.size() > secret_bytes_max) return nullptr;
  const token* found = nullptr;
  for (const token& each : all_) {
    if (only_drawn && !each.drawn) continue;
    if (same_secret<std::string_view>(each.value.reveal(), given)) found = &each;
  }
  return found;
}

std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  if (!equals_ignoring_case(authorization.substr(0, scheme.size()), scheme)) return {};
  const std::string_view given = trim(authorization.substr(scheme.size()));
  return is_bearer_token(given) ? given : std::string_view();
}

bool is_bearer_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return c > ' ' && c < '\x7f' && c != ','; });
}

std::string to_hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::byte b : bytes) {
    out += digits[std::to_integer<unsigned>(b) >> 4U];
    out += digits[std::to_integer<unsigned>(b) & 15U];
  }
  return out;
}

}  // namespace mw::http

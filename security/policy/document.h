// document: the policy language: a statement a line, from the YAML or from a file.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pattern.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::access_policy {

inline constexpr std::size_t file_max = 1 << 20;  // bytes
inline constexpr std::size_t line_max = 4096;     // bytes
inline constexpr std::size_t rules_max = 10'000;
inline constexpr std::size_t bindings_max = 10'000;
inline constexpr std::size_t roles_max = 1024;
inline constexpr std::size_t role_size_max = 64;  // bytes of a role's name

inline constexpr std::string_view everybody = "everybody";  // the role that all have

[[nodiscard]] constexpr std::uint8_t bit_of(access_verb verb) noexcept {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(verb));
}

struct rule {
  bool allow = false;
  std::string role;
  std::uint8_t verbs = 0;  // of bit_of()
  pattern what;
  std::string where;  // "policy.txt:12"
};
struct binding {
  std::string role;
  pattern who;
  std::string where;
};

struct document {
  std::vector<rule> rules;
  std::vector<binding> bindings;
  std::optional<bool> allow_by_default;
  std::vector<std::string> warnings;  // what is legal and most likely a mistake
};

//   allow ROLE VERB[,VERB...] RESOURCE...      deny ROLE VERB[,VERB...] RESOURCE...
//   bind ROLE IDENTITY...                      default allow|deny
// `#` begins a comment. `source` is what messages call the text. Adds to `into`, all or nothing:
// `invalid` names line and reason.
[[nodiscard]] status parse_document(std::string_view text, std::string_view source, document& into);

// One statement without its line break, for the YAML; `where` is what messages call its place.
[[nodiscard]] status parse_statement(std::string_view line, std::string_view where, document& into);

// Looks at the whole: roles that are bound and have no rules are `invalid`; others are warnings.
[[nodiscard]] status finish(document& whole);

// "allow writer send,call orders.*": the statement as it would be written.
[[nodiscard]] std::string to_string(const rule& r);
[[nodiscard]] std::string to_string(const binding& b);
[[nodiscard]] std::optional<access_verb> verb_of(std::string_view word);
[[nodiscard]] std::string_view name_of(access_verb verb);

}  // namespace mw::access_policy

// settings: the options of security.policy, and the policy that they spell.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "document.h"

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mw::access_policy {

enum class effect : std::uint8_t { deny, allow };
constexpr std::array<std::string_view, 2> option_names(effect) {
  return {"deny", "allow"};
}

struct settings {
  std::map<std::string, std::vector<std::string>> roles;
  std::map<std::string, std::vector<std::string>> bindings;
  effect otherwise = effect::deny;
  std::optional<file_path> file;
  duration reload = 5s;
  std::uint32_t cache = 4096;

  void fields(field_visitor& v);
};

// What `roles` and `bindings` say, as statements. Not finished: a file may add to it.
[[nodiscard]] result<document> document_of(const settings& from);

}  // namespace mw::access_policy

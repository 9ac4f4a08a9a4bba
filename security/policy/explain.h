// explain: the answer for people: which rules speak of a question, and which one decides.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "index.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::access_policy {

struct explanation {
  std::string subject, verb, resource;
  std::string fault;  // why the question is not canonical; empty: it is
  bool allowed = false;
  std::uint32_t rule = 0;  // that decided; zero: the default
  bool allow_by_default = false;
  struct line {
    std::uint32_t number;
    bool decides;
    std::string text;
    std::string where;
  };
  std::vector<line> bindings;  // why the subject has its roles
  std::vector<line> rules;     // all that match, by number
};

// Looks at every rule, so it is for questions of people; `decided` is what the index said.
[[nodiscard]] explanation explain(const document& policy, bool allow_by_default,
                                  std::string_view own_identity, const access& what,
                                  const verdict& decided);
// The same decision by looking at every rule: what the index is compared with.
[[nodiscard]] bool allowed_by_scan(const document& policy, bool allow_by_default,
                                   std::string_view own_identity, const access& what);

[[nodiscard]] std::string as_text(const explanation& e);
[[nodiscard]] std::string as_json(const explanation& e);

}  // namespace mw::access_policy

// filter_syntax: a filter as a tree, before anything is known about the event's fields.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/filter/filter.h"
#include "bus/filter/filter_token.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

namespace mw::kernel {

// In the order of filter_operator; `truth` is not written.
constexpr std::array<std::string_view, 11> filter_operator_names{
    "==", "!=", "<", "<=", ">", ">=", "contains", "starts_with", "ends_with", "matches", "in"};

struct filter_node {
  enum class kind : std::uint8_t { any, all, negation, comparison };
  kind what = kind::comparison;
  std::vector<filter_node> children;  // two or more of any and all, one of negation
  // Of a comparison:
  filter_token field;
  filter_operator op = filter_operator::truth;
  filter_token op_token;
  std::vector<filter_token> literals;  // texts, numbers, and the words `true` and `false`
};

// Holds filter_limits: the tree is at most `depth` parentheses and negations deep.
[[nodiscard]] std::variant<filter_node, filter_error> parse_filter(std::string_view text);

}  // namespace mw::kernel

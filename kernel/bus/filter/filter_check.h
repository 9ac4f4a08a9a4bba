// filter_check: whether a filter makes sense for the fields of an event.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/filter/filter_syntax.h"

#include <optional>
#include <span>

namespace mw::kernel {

[[nodiscard]] const field_info* find_field(std::string_view name,
                                           std::span<const field_info> fields);

// The first mistake in the order of the text: an unknown field, an operator that means nothing for
// the field's kind, or a literal that the field can never be compared with.
[[nodiscard]] std::optional<filter_error> check_filter(const filter_node& node,
                                                       std::span<const field_info> fields);

}  // namespace mw::kernel

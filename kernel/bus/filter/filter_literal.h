// filter_literal: reads the literal of a comparison as a value of its field's kind.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bus/filter/filter_token.h"

#include <mw/reflect.h>

#include <string>
#include <string_view>
#include <variant>

namespace mw::kernel {

// "a whole number", "a duration": for sentences about a field.
[[nodiscard]] std::string_view kind_in_words(value_kind kind);

// The value, exactly, or a sentence why this literal cannot be compared with `field`: comparisons
// that could never hold are mistakes. A text value points into `literal`.
[[nodiscard]] std::variant<field_value, std::string> read_literal(const filter_token& literal,
                                                                  const field_info& field);

}  // namespace mw::kernel

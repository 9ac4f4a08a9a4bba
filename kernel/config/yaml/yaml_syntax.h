// yaml_syntax: says in our words what is wrong where the YAML parser gave up.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "yaml_builder.h"

#include <cstddef>
#include <string_view>

namespace mw::kernel {

// Reports one error for the parser's complaint `what` at byte `offset`, using what the builder
// knows about the text before it.
void report_syntax_error(std::string_view what, std::size_t offset, std::string_view text,
                         yaml_builder& builder, diagnostics& found);

}  // namespace mw::kernel

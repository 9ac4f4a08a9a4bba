// yaml_text: what can be checked and found in YAML text without parsing it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "yaml_load.h"

#include <cstddef>
#include <string_view>

namespace mw::kernel {

// Size, UTF-8, control characters, byte order marks, tabs in indentation and directives. Reports
// what it finds; true when the text may be parsed.
[[nodiscard]] bool check_yaml_text(source_id id, const source_set& sources, diagnostics& found,
                                   const yaml_limits& limits);

// The offset just behind the quote that closes the one at `open`, or npos.
[[nodiscard]] std::size_t closing_quote(std::string_view text, std::size_t open);

// The offset of a node's content, behind its anchor and tag.
[[nodiscard]] std::size_t skip_properties(std::string_view text, std::size_t offset);

// The text from `offset` to the end of its line.
[[nodiscard]] std::string_view rest_of_line(std::string_view text, std::size_t offset);

}  // namespace mw::kernel

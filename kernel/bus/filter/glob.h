// glob: shell-like patterns over texts: `*` for any run of characters, `?` for one.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mw::kernel {

// The whole text must match. A character is a UTF-8 code point; there are no escapes and no
// classes. Time is at most pattern times text, and linear for patterns with one star.
[[nodiscard]] bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace mw::kernel

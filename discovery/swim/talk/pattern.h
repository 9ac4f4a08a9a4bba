// pattern: the part of regular expressions that tag filters need, matched within a bound of steps.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace mw::swim::talk {

// Literals, . [a-z] [^x] * + ? | ( ) ^ $ and \ before a character. Matches anywhere unless
// anchored, as serf's filters do. What it does not understand, and what takes too long, does not
// match.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace mw::swim::talk

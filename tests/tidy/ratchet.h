// ratchet: the exceptions to the rules. Each has a number that may only shrink, and a reason.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "rules.h"

#include <string_view>

namespace mw::tidy {

// Applies the exceptions in `text`, one a line: `rule path number reason`. What stays is an error:
// findings without an exception or above its number, and exceptions that are wider than needed.
// `name` is the file the exceptions came from.
findings apply_ratchet(findings found, std::string_view text, std::string_view name);

}  // namespace mw::tidy

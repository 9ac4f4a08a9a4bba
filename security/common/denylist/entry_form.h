// entry_form: the rules of single entries, for the list and for its text form.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "denylist.h"

namespace mw::denylist {

[[nodiscard]] bool has_form(entry_kind kind, std::string_view value);
[[nodiscard]] bool is_reason(std::string_view text);
[[nodiscard]] bool in_order(const entry& a, const entry& b);  // strictly

}  // namespace mw::denylist

// timestamp: 2026-11-29T08:00:00Z to a time and back; UTC, whole seconds, one form only.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <string>
#include <string_view>

namespace mw::denylist {

[[nodiscard]] result<wall_time> parse_timestamp(std::string_view text);
[[nodiscard]] std::string print_timestamp(wall_time at);  // fractions of a second are cut

}  // namespace mw::denylist

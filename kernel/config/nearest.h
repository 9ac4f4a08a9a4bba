// nearest: the known name that a mistyped one probably meant.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mw::kernel {

// Insertions, deletions, replacements and swaps of neighbours that turn one name into the other.
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to);

// The closest candidate, or an empty text when none is close enough to be a useful guess. Ties go
// to the earlier candidate.
[[nodiscard]] std::string nearest(std::string_view name, std::span<const std::string> candidates);

}  // namespace mw::kernel

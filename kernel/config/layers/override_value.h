// override_value: the parts that flags and variables share: values, and setting one at a path.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"

#include <cstddef>
#include <string>
#include <vector>

namespace mw::kernel {

struct path_step {
  std::string key;
  span where;  // Of the step in the flag, or of the whole variable.
};

// The value from byte `offset` of source `id` on. False when it is wrong; then that was reported.
[[nodiscard]] bool read_override(source_id id, std::size_t offset, const source_set& sources,
                                 diagnostics& found, tree_node& value);

// Puts `value` at `path`, making the maps on the way. Reports a path that goes through a text.
void set_at_path(tree_node& root, const std::vector<path_step>& path, tree_node value,
                 diagnostics& found);

}  // namespace mw::kernel

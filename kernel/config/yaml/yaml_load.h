// yaml_load: YAML text to a strict tree; what reads one way and means another is refused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"

#include <cstddef>

namespace mw::kernel {

// Bounds on hostile or broken input. A real node file is a few kilobytes and eight levels deep.
struct yaml_limits {
  std::size_t text_bytes = 1U << 20U;
  std::size_t scalar_bytes = 64U << 10U;
  std::size_t depth = 32;
  std::size_t nodes = 100'000;  // Copies made by aliases count.
  std::size_t aliases = 256;
};

// Parses the text of source `id`, from byte `offset` on (a `--set` flag holds its value after '=').
// Mistakes that leave the structure clear are all reported and the tree is still returned; after a
// syntax error the result is a null node and exactly one error names the cause.
[[nodiscard]] tree_node load_yaml(source_id id, const source_set& sources, diagnostics& found,
                                  const yaml_limits& limits = {}, std::size_t offset = 0);

}  // namespace mw::kernel

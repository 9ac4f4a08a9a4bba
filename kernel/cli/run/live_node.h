// live_node: a composed node on the real platform, from its first turn to its last.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.h"
#include "compose/node_file.h"

namespace mw::kernel::cli {

// Runs until the node has stopped: after SIGINT or SIGTERM, or because it failed. The composition
// of `file` moves into the node; mistakes are printed.
[[nodiscard]] exit_code run_live(node_file& file, bool print_ready, surroundings& world);

}  // namespace mw::kernel::cli

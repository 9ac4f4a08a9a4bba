// data_dir: the directory in which a node keeps its things, for one node at a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "platform/unique_fd.h"

#include <string>

namespace mw::kernel::cli {

// Creates `path` when it is missing, for its owner alone, and claims it until the descriptor is
// closed. An empty descriptor when that fails; then the reason is in `found`, at `where`.
[[nodiscard]] unique_fd claim_data_dir(const std::string& path, const span& where,
                                       diagnostics& found);

}  // namespace mw::kernel::cli

// open_log: the log sink that a node's `log:` section describes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/composition.h"
#include "log/log_sink.h"

#include <memory>

namespace mw::kernel {

// Creates the data directory when it is missing: the log file may lie in it.
[[nodiscard]] result<std::unique_ptr<log_sink>> open_log(const node_section& node);

}  // namespace mw::kernel

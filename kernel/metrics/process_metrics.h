// process_metrics: memory, descriptors, CPU time and version of this process.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metric_registry.h"

namespace mw::kernel {

// For real nodes only: simulated ones share a process, and their values would differ between runs.
void add_process_metrics(metric_registry& registry);

}  // namespace mw::kernel

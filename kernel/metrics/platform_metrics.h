// platform_metrics: what the real platform and the log count, as metrics.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metric_registry.h"

namespace mw::kernel {

class log_sink;
struct platform_counters;

// Both outlive the last scrape of `registry`.
void add_platform_metrics(metric_registry& registry, const platform_counters& counters);
void add_log_metrics(metric_registry& registry, const log_sink& log);

}  // namespace mw::kernel

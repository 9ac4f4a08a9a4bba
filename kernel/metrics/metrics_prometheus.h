// metrics_prometheus: the registry as prometheus-cpp sees it, and its text format.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metric_registry.h"

#include <memory>
#include <string>

namespace prometheus {
class Collectable;
}

namespace mw::kernel {

// For applications that embed a node and serve their own prometheus-cpp registry. Shared, because
// prometheus::Exposer keeps a weak pointer; `registry` must outlive it.
[[nodiscard]] std::shared_ptr<prometheus::Collectable> make_collectable(
    const metric_registry& registry);

[[nodiscard]] std::string render_prometheus(const metric_registry& registry);

}  // namespace mw::kernel

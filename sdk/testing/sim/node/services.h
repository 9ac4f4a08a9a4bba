// services: the simulated outside world of one plug-in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/platform.h"

#include <memory>

namespace mw::sim {

class lane;

[[nodiscard]] std::unique_ptr<kernel::plugin_services> make_services(
    lane& home, const kernel::plugin_scope& scope);

}  // namespace mw::sim

// pages: /sealer and /sealer/rotate: epochs, peers and counts; never keys.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/sealing_core.h"

#include <string>

namespace mw::sealing {

[[nodiscard]] std::string overview(const sealing_core& core, time_point now);

}  // namespace mw::sealing

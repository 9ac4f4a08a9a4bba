// tools: the verb that this plug-in brings to `mw`: checks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::checks {

[[nodiscard]] std::span<const tool> tools();

}  // namespace mw::checks

// tools: `mw policy explain` and `mw policy check`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::access_policy {

[[nodiscard]] std::span<const tool> policy_tools();

}  // namespace mw::access_policy

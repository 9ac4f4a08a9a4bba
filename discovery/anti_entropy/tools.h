// tools: the verb that this plug-in brings to `mw`: state.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::anti_entropy {

[[nodiscard]] std::span<const tool> tools();

}  // namespace mw::anti_entropy

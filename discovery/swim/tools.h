// tools: the verbs that this plug-in brings to `mw`: members, events, event, query, keys, leave.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::swim {

[[nodiscard]] std::span<const tool> tools();

}  // namespace mw::swim

// tools: `mw firewall`: the state of a running node's firewall, pardons and bans.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::firewall {

[[nodiscard]] std::span<const tool> firewall_tools();

}  // namespace mw::firewall

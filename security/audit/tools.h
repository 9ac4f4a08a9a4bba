// tools: `mw audit verify` and `mw audit head`.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/tool.h>

#include <span>

namespace mw::audit_log {

[[nodiscard]] std::span<const tool> audit_tools();

}  // namespace mw::audit_log

// pages: what people see of routing, as JSON.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/engine.h"

#include <mw/admin.h>

#include <memory>
#include <vector>

namespace mw::routing {

// Offers /routing/members, /routing/services, /routing/calls, /routing/dead and
// /routing/dead/replay until destroyed; below /<stanza> when the stanza is not called routing.
[[nodiscard]] std::vector<std::unique_ptr<admin_offer>> offer_pages(const host& on, engine& of);

}  // namespace mw::routing

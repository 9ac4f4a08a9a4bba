// pages: the view, its sources and what is held, as JSON for people.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/merge.h"

#include <string>
#include <vector>

namespace mw::registry {

[[nodiscard]] std::string page_of(const std::vector<std::string>& names,
                                  const std::vector<ledger>& ledgers, const merged_view& view,
                                  time_point now);

}  // namespace mw::registry

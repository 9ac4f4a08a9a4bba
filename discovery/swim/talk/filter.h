// filter: whom a query is for: named nodes, or nodes whose tags match.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "talk/messages.h"

#include <string>
#include <string_view>
#include <vector>

namespace mw::swim::talk {

[[nodiscard]] std::string filter_by_nodes(const std::vector<std::string>& names);
[[nodiscard]] std::string filter_by_tag(std::string_view tag, std::string_view pattern);
// All of them have to match; one that cannot be understood does not.
[[nodiscard]] bool meant(const std::vector<std::string>& filters, std::string_view node,
                         const tag_map& tags);

}  // namespace mw::swim::talk

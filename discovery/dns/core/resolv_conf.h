// resolv_conf: the name servers that a resolv.conf lists.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <string_view>
#include <vector>

namespace mw::dns {

// The first three, as resolvers do; other lines and what cannot be understood are passed over.
[[nodiscard]] std::vector<endpoint> servers_in(std::string_view text);

}  // namespace mw::dns

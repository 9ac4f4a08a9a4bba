// page: the links as people see them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "links/works.h"

#include <string>

namespace mw::tls {

[[nodiscard]] std::string page_path(const host& h);
// At most 1,000 links are listed; the number is that of all.
[[nodiscard]] std::string page_json(const works& shared, std::size_t handshakes,
                                    std::size_t waiting);

}  // namespace mw::tls

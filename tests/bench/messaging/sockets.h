// sockets: plain TCP sockets on 127.0.0.1, for the drivers that use nothing else.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace mw::bench {

// Listens on 127.0.0.1; port 0 takes a free one, which `port` then holds.
int listen_on(std::uint16_t& port);
int connect_to(std::uint16_t port);
int accept_from(int listener);

}  // namespace mw::bench

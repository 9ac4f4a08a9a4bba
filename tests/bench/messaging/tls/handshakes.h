// handshakes: how many full TLS 1.3 handshakes, with certificates on both sides, a server does.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "driver.h"

namespace mw::bench {

// OpenSSL on blocking sockets, one connection after the other in two threads, so that the server
// never waits for its client.
outcome measure_handshakes(const settings& with);

}  // namespace mw::bench

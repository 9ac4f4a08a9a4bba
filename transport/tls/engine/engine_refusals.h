// engine_refusals: OpenSSL's errors in our codes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/refusals.h"

namespace mw::tls {

// Empties this thread's queue of errors. `live`: the handshake was over.
[[nodiscard]] verdict verdict_of_openssl(bool live);

}  // namespace mw::tls

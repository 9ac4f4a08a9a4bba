// engine_bytes: how OpenSSL reads and writes the bytes of an engine.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/openssl.h"

namespace mw::tls {

class engine;

[[nodiscard]] bio_method_ptr make_engine_bytes();
[[nodiscard]] bio_ptr bytes_of(engine& one, const BIO_METHOD& how);

}  // namespace mw::tls

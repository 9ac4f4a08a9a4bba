// raw_of: how OpenSSL wants to see bytes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/buffer.h>

namespace mw::crypto {

inline const unsigned char* raw_of(bytes_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace mw::crypto

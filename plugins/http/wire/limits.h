// limits: how much of everything one request may bring.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mw::http {

// Bytes and counts, all inclusive. Memory grows with what has arrived, never with what was
// announced.
struct request_limits {
  std::size_t request_line_bytes = 8 * 1024;
  std::size_t header_bytes = 16 * 1024;  // all field lines together
  std::size_t header_count = 64;
  std::size_t body_bytes = 1024 * 1024;
  std::size_t chunk_extension_bytes = 1024;  // all chunks of one body together
  std::size_t trailer_bytes = 2048;          // all trailer lines together
  std::size_t trailer_count = 16;
};

// How a refusal for one of them reads.
[[nodiscard]] inline std::string limit_text(std::string_view what, std::size_t limit) {
  return std::string(what) + "; the limit is " + std::to_string(limit);
}

}  // namespace mw::http

// pipe: bytes to and from one node, blocking until a deadline, plain or inside TLS.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http_address.h"

#include <mw/result.h>

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mw::kernel::cli {

using deadline = std::chrono::steady_clock::time_point;

class byte_pipe {
 public:
  virtual ~byte_pipe() = default;
  // Zero: the other end has finished. Fewer than asked for is normal.
  [[nodiscard]] virtual result<std::size_t> read(std::span<char> into, deadline until) = 0;
  [[nodiscard]] virtual status write(std::string_view all, deadline until) = 0;
};

// Files in PEM. Without `ca` the authorities of the system are trusted.
struct tls_files {
  std::string ca;
  std::string cert;
  std::string key;
};

// `disconnected` (nobody listens), `not_found` (no such name), `timed_out`, `denied` (the
// certificate is not good, or ours is wanted), `invalid` (a file cannot be used).
[[nodiscard]] result<std::unique_ptr<byte_pipe>> open_pipe(const http_address& to,
                                                           const tls_files& files, deadline until);

}  // namespace mw::kernel::cli

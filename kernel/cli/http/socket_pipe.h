// socket_pipe: a TCP or unix connection as a pipe, and as what TLS stands on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pipe.h"
#include "platform/unique_fd.h"

namespace mw::kernel::cli {

// Does not block; the first address of a name that answers is taken.
[[nodiscard]] result<unique_fd> connect_socket(const endpoint& to, deadline until);

// Waits until `fd` is ready for `events` of poll().
[[nodiscard]] status wait_for(int fd, short events, deadline until);

[[nodiscard]] std::unique_ptr<byte_pipe> socket_pipe(unique_fd fd);

}  // namespace mw::kernel::cli

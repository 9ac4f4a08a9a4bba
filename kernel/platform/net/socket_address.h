// socket_address: endpoints as the operating system wants them, and its errors as failures.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace mw::kernel {

struct socket_address {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] int family() const { return storage.ss_family; }
};

// Numeric IPv4 and IPv6 addresses (with %scope) and unix paths; relative paths start at `data_dir`.
// `invalid` for names (resolved above the platform) and for paths the system cannot hold.
[[nodiscard]] result<socket_address> to_address(const endpoint& at, std::string_view data_dir);

[[nodiscard]] endpoint to_endpoint(const socket_address& address);
// Rewrites `into` without allocating when its host text has room, for one call per packet.
void assign_endpoint(const socket_address& address, endpoint& into);
[[nodiscard]] endpoint local_endpoint(int fd);

// A failure of `kind` that reads "doing: what the system says".
[[nodiscard]] failure os_failure(errc kind, std::string doing, int error);

}  // namespace mw::kernel

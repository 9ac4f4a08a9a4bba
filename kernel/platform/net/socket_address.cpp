// socket_address: endpoints as the operating system wants them, and its errors as failures.
// SPDX-License-Identifier: Apache-2.0
#include "socket_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>
#include <system_error>

namespace mw::kernel {

namespace {

result<socket_address> unix_address(const endpoint& at, std::string_view data_dir) {
  std::string path = at.host;
  if (!path.empty() && path.front() != '/' && !data_dir.empty())
    path = std::string(data_dir) + "/" + path;
  socket_address out;
  auto* un = reinterpret_cast<sockaddr_un*>(&out.storage);
  if (path.empty() || path.size() >= sizeof(un->sun_path))
    return {errc::invalid, "unix socket path " + path + " must have 1 to " +
                               std::to_string(sizeof(un->sun_path) - 1) + " bytes, has " +
                               std::to_string(path.size())};
  un->sun_family = AF_UNIX;
  std::memcpy(un->sun_path, path.c_str(), path.size() + 1);
  out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return out;
}

bool parse_v6(std::string host, std::uint16_t port, socket_address& out) {
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  const std::size_t percent = host.find('%');
  std::uint32_t scope = 0;
  if (percent != std::string::npos) {
    scope = if_nametoindex(host.c_str() + percent + 1);
    if (scope == 0) return false;
    host.resize(percent);
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1) return false;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(port);
  v6->sin6_scope_id = scope;
  out.size = sizeof(sockaddr_in6);
  return true;
}

}  // namespace

result<socket_address> to_address(const endpoint& at, std::string_view data_dir) {
  if (at.local) return unix_address(at, data_dir);
  socket_address out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  if (inet_pton(AF_INET, at.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(at.port);
    out.size = sizeof(sockaddr_in);
    return out;
  }
  if (parse_v6(at.host, at.port, out)) return out;
  return {errc::invalid, to_string(at) +
                             " is not a numeric address such as 127.0.0.1:7400, [::1]:7400"
                             " or unix:/run/mw.sock"};
}

void assign_endpoint(const socket_address& address, endpoint& into) {
  char text[INET6_ADDRSTRLEN + 1 + IF_NAMESIZE] = "";
  into.local = address.family() == AF_UNIX;
  into.port = 0;
  if (address.family() == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    into.port = ntohs(v4->sin_port);
    into.host.assign(text);
  } else if (address.family() == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
    into.port = ntohs(v6->sin6_port);
    into.host.assign(text);
    // Link-local addresses mean nothing without their interface.
    if (v6->sin6_scope_id != 0 && if_indextoname(v6->sin6_scope_id, text) != nullptr)
      into.host.append("%").append(text);
  } else {
    const auto* un = reinterpret_cast<const sockaddr_un*>(&address.storage);
    // The peer of an accepted unix socket has no name; the kernel then reports no path bytes at
    // all.
    const bool named = address.size > offsetof(sockaddr_un, sun_path);
    into.host.assign(named ? un->sun_path : "");
  }
}

endpoint to_endpoint(const socket_address& address) {
  endpoint out;
  assign_endpoint(address, out);
  return out;
}

endpoint local_endpoint(int fd) {
  socket_address address;
  address.size = sizeof address.storage;
  if (getsockname(fd, address.get(), &address.size) != 0) return {};
  return to_endpoint(address);
}

failure os_failure(errc kind, std::string doing, int error) {
  return {kind, std::move(doing) + ": " + std::generic_category().message(error)};
}

}  // namespace mw::kernel

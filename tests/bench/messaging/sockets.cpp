// sockets: listening, dialling and accepting, each with Nagle's delay switched off.
// SPDX-License-Identifier: Apache-2.0
#include "sockets.h"

#include "driver.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace mw::bench {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  at.sin_port = htons(port);
  return at;
}

void send_at_once(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

int listen_on(std::uint16_t& port) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at = loopback(port);
  socklen_t length = sizeof at;
  auto* const address = reinterpret_cast<sockaddr*>(&at);
  if (bind(listener, address, length) != 0 || listen(listener, SOMAXCONN) != 0)
    give_up("cannot listen on port " + std::to_string(port));
  getsockname(listener, address, &length);
  port = ntohs(at.sin_port);
  return listener;
}

int connect_to(std::uint16_t port) {
  const int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in at = loopback(port);
  if (connect(made, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
    give_up("cannot connect to port " + std::to_string(port));
  send_at_once(made);
  return made;
}

int accept_from(int listener) {
  const int made = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (made < 0) give_up("cannot accept");
  send_at_once(made);
  return made;
}

}  // namespace mw::bench

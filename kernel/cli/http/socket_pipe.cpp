// socket_pipe: poll() in front of each call, so that every one of them ends in time.
// SPDX-License-Identifier: Apache-2.0
#include "socket_pipe.h"

#include "tls_pipe.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace mw::kernel::cli {
namespace {

failure system_failure(errc kind, const std::string& what) {
  return {kind, what + ": " + std::strerror(errno)};
}

class plain final : public byte_pipe {
 public:
  explicit plain(unique_fd fd) : fd_(std::move(fd)) {}

  result<std::size_t> read(std::span<char> into, deadline until) override {
    while (true) {
      MW_CHECK(wait_for(fd_.get(), POLLIN, until));
      const ssize_t count = ::recv(fd_.get(), into.data(), into.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EAGAIN && errno != EINTR)
        return system_failure(errc::disconnected, "the answer broke off");
    }
  }

  status write(std::string_view all, deadline until) override {
    while (!all.empty()) {
      MW_CHECK(wait_for(fd_.get(), POLLOUT, until));
      const ssize_t sent = ::send(fd_.get(), all.data(), all.size(), MSG_NOSIGNAL);
      if (sent < 0 && errno != EAGAIN && errno != EINTR)
        return system_failure(errc::disconnected, "cannot ask");
      all.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
    }
    return {};
  }

 private:
  unique_fd fd_;
};

struct address_list_deleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, address_list_deleter>;

result<unique_fd> connect_one(const sockaddr* address, socklen_t size, deadline until) {
  unique_fd fd(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return system_failure(errc::internal, "cannot make a socket");
  if (::connect(fd.get(), address, size) == 0) return fd;
  if (errno != EINPROGRESS) return system_failure(errc::disconnected, "cannot connect");
  MW_CHECK(wait_for(fd.get(), POLLOUT, until));
  int error = 0;
  socklen_t error_size = sizeof error;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &error_size);
  errno = error;
  if (error != 0) return system_failure(errc::disconnected, "cannot connect");
  return fd;
}

result<unique_fd> connect_unix(const std::string& path, deadline until) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return failure(errc::invalid, "the path of the unix socket is too long");
  std::copy(path.begin(), path.end(), address.sun_path);
  return connect_one(reinterpret_cast<const sockaddr*>(&address), sizeof address, until);
}

}  // namespace

status wait_for(int fd, short events, deadline until) {
  pollfd waits{fd, events, 0};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                          until - std::chrono::steady_clock::now())
                          .count();
    if (left <= 0) return {errc::timed_out, "no answer in time"};
    const int ready = ::poll(&waits, 1, static_cast<int>(std::min<long>(left, 1'000'000)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_failure(errc::internal, "cannot wait");
  }
}

result<unique_fd> connect_socket(const endpoint& to, deadline until) {
  if (to.local) return connect_unix(to.host, until);
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error =
      ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &wanted, &found);
  if (error != 0) return failure(errc::not_found, ::gai_strerror(error));
  const address_list all(found);
  result<unique_fd> last = failure(errc::not_found, "the name has no address");
  for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
    last = connect_one(one->ai_addr, one->ai_addrlen, until);
    if (last) break;
  }
  return last;
}

std::unique_ptr<byte_pipe> socket_pipe(unique_fd fd) {
  return std::make_unique<plain>(std::move(fd));
}

result<std::unique_ptr<byte_pipe>> open_pipe(const http_address& to, const tls_files& files,
                                             deadline until) {
  MW_TRY(unique_fd fd, connect_socket(to.at, until));
  if (to.tls) return tls_pipe(std::move(fd), to.at.host, files, until);
  return socket_pipe(std::move(fd));
}

}  // namespace mw::kernel::cli

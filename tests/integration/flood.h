// flood: a crowd of rude strangers on loopback, one step at a time, never more than it was told.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace mw::test {

// Connections from one address of 127.0.0.0/8 to a port of 127.0.0.1.
class flood {
 public:
  flood(std::string_view from, std::uint16_t port) : from_(from), port_(port) {}
  flood(const flood&) = delete;
  flood& operator=(const flood&) = delete;
  ~flood() {
    while (!open_.empty()) drop_oldest();
  }

  // One more connection that says `words` and then nothing; the oldest goes beyond `most`.
  // False: this process has no socket left.
  bool connect(std::string_view words, std::size_t most) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    ++attempts_;
    const linger at_once{1, 0};  // closing resets, so that ports come back
    (void)::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    const int late = 1;  // the port is chosen by connect(), per destination
    (void)::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &late, sizeof late);
    const sockaddr_in ours = address(from_, 0);
    const sockaddr_in theirs = address("127.0.0.1", port_);
    (void)::bind(fd, reinterpret_cast<const sockaddr*>(&ours), sizeof ours);
    (void)::connect(fd, reinterpret_cast<const sockaddr*>(&theirs), sizeof theirs);
    // On loopback the connection is there at once.
    if (!words.empty()) (void)::send(fd, words.data(), words.size(), MSG_NOSIGNAL);
    open_.push_back(fd);
    while (open_.size() > most) drop_oldest();
    return true;
  }
  // One byte more on each.
  void drip() {
    for (const int fd : open_) (void)::send(fd, "\0", 1, MSG_NOSIGNAL);
  }
  // Everything that the newest one is told until the node hangs up.
  [[nodiscard]] std::string hear() const {
    const int flags = ::fcntl(open_.back(), F_GETFL);
    (void)::fcntl(open_.back(), F_SETFL, flags & ~O_NONBLOCK);
    std::string all;
    char bytes[4096];
    for (ssize_t got = 0; (got = ::recv(open_.back(), bytes, sizeof bytes, 0)) > 0;)
      all.append(bytes, static_cast<std::size_t>(got));
    return all;
  }
  // Those that the node has not hung up on.
  [[nodiscard]] std::size_t alive() const {
    std::size_t count = 0;
    for (const int fd : open_) {
      char bytes[4096];
      ssize_t got = 0;
      do got = ::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
      while (got > 0);
      count += got < 0 && errno == EAGAIN ? 1 : 0;
    }
    return count;
  }
  void drop_oldest() {
    ::close(open_.front());
    open_.pop_front();
  }
  [[nodiscard]] std::uint64_t attempts() const { return attempts_; }

 private:
  static sockaddr_in address(const std::string& host, std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(port);
    (void)::inet_pton(AF_INET, host.c_str(), &out.sin_addr);
    return out;
  }

  std::string from_;
  std::uint16_t port_;
  std::deque<int> open_;
  std::uint64_t attempts_ = 0;
};

}  // namespace mw::test

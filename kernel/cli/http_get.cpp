// http_get: a blocking HTTP/1.0 client; the end of the connection is the end of the answer.
// SPDX-License-Identifier: Apache-2.0
#include "http_get.h"

#include "platform/unique_fd.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>

namespace mw::kernel::cli {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t answer_max = std::size_t{8} << 20U;

failure system_failure(errc kind, const std::string& what) {
  return {kind, what + ": " + std::strerror(errno)};
}

// Waits until `fd` is ready for `events`.
status wait_for(int fd, short events, clock::time_point deadline) {
  pollfd waits{fd, events, 0};
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock::now()).count();
    if (left <= 0) return {errc::timed_out, "no answer in time"};
    const int ready = ::poll(&waits, 1, static_cast<int>(left));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_failure(errc::internal, "cannot wait");
  }
}

struct address_list_deleter {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using address_list = std::unique_ptr<addrinfo, address_list_deleter>;

result<unique_fd> connect_to(const addrinfo& address, clock::time_point deadline) {
  unique_fd fd(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return system_failure(errc::internal, "cannot make a socket");
  if (::connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS) return system_failure(errc::disconnected, "cannot connect");
  MW_CHECK(wait_for(fd.get(), POLLOUT, deadline));
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  errno = error;
  if (error != 0) return system_failure(errc::disconnected, "cannot connect");
  return fd;
}

result<unique_fd> connect_to(const http_target& target, clock::time_point deadline) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &wanted, &found);
  if (error != 0) return failure(errc::not_found, ::gai_strerror(error));
  const address_list all(found);
  result<unique_fd> last = failure(errc::not_found, "the name has no address");
  for (const addrinfo* one = all.get(); one != nullptr; one = one->ai_next) {
    last = connect_to(*one, deadline);
    if (last) break;
  }
  return last;
}

status send_all(int fd, std::string_view text, clock::time_point deadline) {
  while (!text.empty()) {
    MW_CHECK(wait_for(fd, POLLOUT, deadline));
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EINTR)
      return system_failure(errc::disconnected, "cannot ask");
    text.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(sent, 0)));
  }
  return {};
}

result<std::string> read_all(int fd, clock::time_point deadline) {
  std::string text;
  std::array<char, 16384> part{};
  while (text.size() <= answer_max) {
    MW_CHECK(wait_for(fd, POLLIN, deadline));
    const ssize_t count = ::recv(fd, part.data(), part.size(), 0);
    if (count == 0) return text;
    if (count > 0) text.append(part.data(), static_cast<std::size_t>(count));
    if (count < 0 && errno != EAGAIN && errno != EINTR)
      return system_failure(errc::disconnected, "the answer broke off");
  }
  return failure(errc::overloaded, "the answer is longer than 8 MiB");
}

bool equal_but_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

// The value of the header field `name` in the lines of a head.
std::optional<std::string_view> field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    const std::size_t colon = std::min(line.find(':'), line.size());
    if (colon < line.size() && equal_but_case(line.substr(0, colon), name)) {
      std::string_view value = line.substr(colon + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
    head.remove_prefix(std::min(end + 2, head.size()));
  }
  return std::nullopt;
}

}  // namespace

result<http_target> parse_http_target(std::string_view text) {
  const std::string whole(text);
  if (text.starts_with("https://"))
    return failure(errc::unsupported, "'" + whole + "': only http:// is spoken here");
  if (text.starts_with("http://")) text.remove_prefix(7);
  const std::size_t slash = std::min(text.find('/'), text.size());
  http_target out;
  out.path = text.substr(slash);
  if (out.path == "/") out.path.clear();
  const auto address = parse_endpoint(text.substr(0, slash));
  if (!address || address->local || address->host.empty())
    return failure(errc::invalid,
                   "'" + whole + "' is no address; write it like http://127.0.0.1:7480");
  out.host = address->host;
  out.port = std::to_string(address->port);
  return out;
}

result<http_answer> parse_http_answer(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (!text.starts_with("HTTP/1.") || end == std::string_view::npos || text.size() < 12)
    return failure(errc::invalid, "the answer is not HTTP");
  http_answer out;
  const std::string_view code = text.substr(9, 3);
  const auto [stopped, error] = std::from_chars(code.data(), code.data() + code.size(), out.status);
  if (error != std::errc() || stopped != code.data() + code.size())
    return failure(errc::invalid, "the answer is not HTTP");
  out.body = text.substr(end + 4);
  const auto length = field(text.substr(0, end), "content-length");
  if (length && *length != std::to_string(out.body.size()))
    return failure(errc::disconnected, "the answer broke off");
  return out;
}

result<http_answer> http_get(const http_target& target, duration limit) {
  const clock::time_point deadline =
      clock::now() + std::chrono::duration_cast<clock::duration>(limit);
  MW_TRY(const unique_fd fd, connect_to(target, deadline));
  const std::string path = target.path.empty() ? "/" : target.path;
  MW_CHECK(send_all(fd.get(),
                    "GET " + path + " HTTP/1.0\r\nHost: " + target.host + ":" + target.port +
                        "\r\nAccept: application/json\r\n\r\n",
                    deadline));
  MW_TRY(const std::string text, read_all(fd.get(), deadline));
  return parse_http_answer(text);
}

}  // namespace mw::kernel::cli

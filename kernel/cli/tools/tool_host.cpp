// tool_host: the one place where tools meet the operating system.
// SPDX-License-Identifier: Apache-2.0
#include "tool_host.h"

#include "write_file.h"

#include <mw/assert.h>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

namespace mw::kernel::cli {

result<std::string> tool_host::read(const std::string& path) {
  return read_file(path);
}

result<std::string> tool_host::read_part(const std::string& path, std::uint64_t offset,
                                         std::size_t size) {
  const auto cannot = [&] { return failure(errc::not_found, path + ": " + std::strerror(errno)); };
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return cannot();
  std::string out(size, '\0');
  std::size_t got = 0;
  ssize_t count = 1;
  while (got < size && count != 0) {
    count = ::pread(file, out.data() + got, size - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno != EINTR) break;
    got += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  result<std::string> read = cannot();
  ::close(file);
  if (count < 0) return read;
  out.resize(got);
  return out;
}

status tool_host::write(const std::string& path, std::string_view content, file_access who,
                        bool replace) {
  return write_file(path, content, who, replace);
}

wall_time tool_host::now() const {
  timespec at{};
  ::clock_gettime(CLOCK_REALTIME, &at);
  return {std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec)};
}

void tool_host::secure_bytes(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t count = ::getrandom(out.data(), out.size(), 0);
    MW_ASSERT(count > 0 || errno == EINTR, "without randomness there are no keys");
    if (count > 0) out = out.subspan(static_cast<std::size_t>(count));
  }
}

result<node_answer> tool_host::ask(std::string_view path, std::string_view body) {
  return ask_node(place(), world_, path, body);
}

status tool_host::follow(std::string_view path,
                         bool (*each)(void*, std::string_view, std::string_view), void* context) {
  return follow_node(place(), world_, path,
                     [each, context](std::string_view event, std::string_view data) {
                       return each(context, event, data);
                     });
}

node_place tool_host::place() const {
  node_place where = place_from(given_);
  where.limit = limit_;
  return where;
}

}  // namespace mw::kernel::cli

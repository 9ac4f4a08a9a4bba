// tool_host: the one place where tools meet the operating system.
// SPDX-License-Identifier: Apache-2.0
#include "tool_host.h"

#include "write_file.h"

#include <mw/assert.h>

#include <sys/random.h>

#include <cerrno>
#include <ctime>

namespace mw::kernel::cli {

result<std::string> tool_host::read(const std::string& path) {
  return read_file(path);
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

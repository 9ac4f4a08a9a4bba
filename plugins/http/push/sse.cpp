// sse: one field a line, an empty line ends the event.
// SPDX-License-Identifier: Apache-2.0
#include "push/sse.h"

namespace mw::http {

bool append_sse_event(std::string& out, std::string_view name, std::string_view data) {
  using namespace std::string_view_literals;
  if (name.find_first_of("\r\n\0"sv) != std::string_view::npos) return false;
  if (!name.empty()) out.append("event: ").append(name).append("\n");
  for (;;) {
    const std::size_t end = data.find_first_of("\r\n");
    out.append("data: ").append(data.substr(0, end)).append("\n");
    if (end == std::string_view::npos) break;
    data.remove_prefix(data.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out += '\n';
  return true;
}

void append_sse_heartbeat(std::string& out) {
  out += ":\n\n";
}

}  // namespace mw::http

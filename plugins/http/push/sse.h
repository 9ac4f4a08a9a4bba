// sse: the text/event-stream format of Server-Sent Events.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mw::http {

// Appends one event. `name` may be empty (the listener sees "message"); a name with a line end in
// it would forge fields, so it is refused: false, nothing appended. Every line of `data` becomes
// one `data:` line, whatever its line ends are; the listener sees them as \n.
[[nodiscard]] bool append_sse_event(std::string& out, std::string_view name, std::string_view data);

// A line that listeners ignore: keeps middle boxes awake and finds dead peers.
void append_sse_heartbeat(std::string& out);

}  // namespace mw::http

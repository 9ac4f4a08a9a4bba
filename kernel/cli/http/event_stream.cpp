// event_stream: the rules of the HTML standard for lines, fields and when an event is complete.
// SPDX-License-Identifier: Apache-2.0
#include "event_stream.h"

#include <utility>

namespace mw::kernel::cli {

result<bool> event_stream::feed(
    std::string_view bytes,
    const function<bool(std::string_view event, std::string_view data)>& each) {
  for (const char c : bytes) {
    if (std::exchange(skip_feed_, false) && c == '\n') continue;
    if (c != '\n' && c != '\r') {
      line_ += c;
      if (line_.size() + data_.size() > event_bytes_max)
        return failure(errc::overloaded, "an event of the feed is larger than 4 MiB");
      continue;
    }
    skip_feed_ = c == '\r';
    if (!line_.empty()) {
      take_line(std::exchange(line_, {}));
      continue;
    }
    const std::string event = std::exchange(event_, {});
    const std::string data = std::exchange(data_, {});
    if (std::exchange(has_data_, false) && !each(event.empty() ? "message" : event, data))
      return false;
  }
  return true;
}

void event_stream::take_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value =
      colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "event") event_ = value;
  if (field != "data") return;  // also comments, which begin with the colon
  if (has_data_) data_ += '\n';
  data_ += value;
  has_data_ = true;
}

}  // namespace mw::kernel::cli

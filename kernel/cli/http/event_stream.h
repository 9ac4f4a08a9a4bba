// event_stream: reads text/event-stream, cut anywhere, with a bound on what one event may hold.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/result.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace mw::kernel::cli {

class event_stream {
 public:
  static constexpr std::size_t event_bytes_max = std::size_t{4} << 20U;

  // Calls `each` for every event that is complete, and stops where it returns false. `overloaded`
  // when one event is larger than 4 MiB.
  [[nodiscard]] result<bool> feed(
      std::string_view bytes,
      const function<bool(std::string_view event, std::string_view data)>& each);

 private:
  void take_line(std::string_view line);

  std::string line_;  // without its end, which has not come
  std::string event_;
  std::string data_;
  bool has_data_ = false;
  bool skip_feed_ = false;  // a line feed now belongs to the carriage return before it
};

}  // namespace mw::kernel::cli

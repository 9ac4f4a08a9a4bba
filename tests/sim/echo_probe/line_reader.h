// line_reader: cuts a stream of bytes into lines, however the bytes come.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <optional>
#include <string>

namespace echo_probe {

class line_reader {
 public:
  static constexpr std::size_t line_max = 200;

  // False: a line is too long, the peer is no probe.
  bool take(mw::bytes_view bytes) {
    waiting_.append(mw::as_text(bytes));
    return waiting_.size() - waiting_.find_last_of('\n') - 1 <= line_max;
  }
  // The planted mistake: what was read is taken for one line.
  void take_as_line(mw::bytes_view bytes) {
    waiting_.assign(mw::as_text(bytes));
    if (!waiting_.ends_with('\n')) waiting_.push_back('\n');
  }
  // The next whole line without its end.
  std::optional<std::string> next() {
    const std::size_t end = waiting_.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = waiting_.substr(0, end);
    waiting_.erase(0, end + 1);
    return line;
  }

 private:
  std::string waiting_;
};

}  // namespace echo_probe

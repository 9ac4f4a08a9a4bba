// lines: cuts CRLF-terminated lines out of bytes that may stop anywhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw::http {

enum class line_state : std::uint8_t {
  partial,   // all of `in` was taken and the line goes on
  whole,     // the line ended in CRLF
  bare_lf,   // the line ended without the carriage return: some peers would see no line end here
  too_long,  // more than `limit` bytes before CRLF
};

// Moves bytes from the front of `in` to the end of `into`, up to and including a line feed. The
// line begins at into[begin]. The verdict does not depend on how the bytes were cut.
[[nodiscard]] line_state take_line(std::string_view& in, std::string& into, std::size_t begin,
                                   std::size_t limit);

}  // namespace mw::http

// lines: one search for the line feed per piece, one copy.
// SPDX-License-Identifier: Apache-2.0
#include "wire/lines.h"

#include <algorithm>

namespace mw::http {

line_state take_line(std::string_view& in, std::string& into, std::size_t begin,
                     std::size_t limit) {
  const std::size_t have = into.size() - begin;
  const std::size_t feed = in.find('\n');
  const bool ends = feed != std::string_view::npos;
  const std::size_t offered = ends ? feed + 1 : in.size();
  const std::size_t room = limit + 2 - std::min(have, limit + 2);  // with CRLF
  // Never buffers more than the limit, whatever the size of the piece.
  into.append(in.substr(0, std::min(offered, room)));
  in.remove_prefix(offered);
  if (offered > room) return line_state::too_long;
  if (ends) return into.ends_with("\r\n") ? line_state::whole : line_state::bare_lf;
  return have + offered >= limit + 2 ? line_state::too_long : line_state::partial;
}

}  // namespace mw::http

// settings: the options of the stanza.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/links/link_listener.h"

#include <mw/options.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace mw::unix_sockets {

// Who may connect, by the rights of the socket file.
enum class access : std::uint8_t { owner, group, everyone };
constexpr std::array<std::string_view, 3> option_names(access) {
  return {"owner", "group", "everyone"};
}
[[nodiscard]] constexpr std::uint32_t file_mode(access who) {
  if (who == access::owner) return 0600;
  return who == access::group ? 0660 : 0666;
}

struct settings {
  endpoint listen;
  unix_sockets::access access = unix_sockets::access::owner;
  stream_options stream;
  transports::accept_limits accepting;

  void fields(field_visitor& v);
};

}  // namespace mw::unix_sockets

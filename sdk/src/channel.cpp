// channel: names of peer states.
// SPDX-License-Identifier: Apache-2.0
#include <mw/channel.h>

namespace mw {

std::string_view to_string(peer_state state) noexcept {
  switch (state) {
    case peer_state::known:
      return "known";
    case peer_state::connecting:
      return "connecting";
    case peer_state::up:
      return "up";
    case peer_state::down:
      return "down";
    case peer_state::gone:
      return "gone";
  }
  return "unknown";
}

}  // namespace mw

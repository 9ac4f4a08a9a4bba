// messages: the events of routing.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/reflect.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw::routing {

struct message_dead {
  static constexpr std::string_view topic = "message.dead/1";
  static constexpr std::string_view doc = "A message that had to be acknowledged was given up.";
  std::uint64_t id = 0;
  std::string service;
  std::string node;
  std::uint32_t attempts = 0;
  std::string reason;
  static constexpr auto fields() {
    return field_list(
        field<&message_dead::id>("id", "Number of the dead letter, for /routing/dead."),
        field<&message_dead::service>("service", "Whom it was for."),
        field<&message_dead::node>("node", "The node it was for; empty: any that offers it."),
        field<&message_dead::attempts>("attempts", "How often it was sent."),
        field<&message_dead::reason>("reason", "Why it was given up."));
  }
};

}  // namespace mw::routing

// context: what all ports and links of one UDP transport share.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/links/link_book.h"
#include "idle_list.h"

#include <mw/admission.h>
#include <mw/host.h>

#include <cstdint>
#include <string_view>

namespace mw::udp {

struct limits {
  std::uint32_t max_packet = 1200;
  std::uint32_t connections_max = 10'000;
  std::uint32_t queue_packets = 16;
  duration idle_timeout = 60s;
};

// Outlives ports and links.
class context {
 public:
  context(mw::host& h, const limits& l);

  // The peer of `one` was heard; it is watched from now on.
  void heard(idle_place& one);

  mw::host& host;
  const limits bounds;
  admission* const admits;  // null: everybody
  transports::link_book book;
  // Packets that went nowhere, by reason.
  counter dropped_stranger;  // from somebody to whom no link is open, and none is let in
  counter dropped_unread;    // the owner of the link does not read
  counter dropped_send;      // the system did not take it
  counter refused_oversize;  // larger than max_packet
  counter refused_unproved;  // an answer larger than the question of somebody unproved

 private:
  void end_silent();
  idle_list links_;
  timer next_;  // armed while a link is open
};

}  // namespace mw::udp

// context: what all ports and links of one UDP transport share.
// SPDX-License-Identifier: Apache-2.0
#include "context.h"

#include "packet_link.h"

namespace mw::udp {

namespace {

counter packets(const host& h, std::string_view reason) {
  return h.counter("mw_transport_packets_dropped_total",
                   "Packets that were not sent or not handed on, by reason.",
                   {{"transport", h.name()}, {"reason", reason}});
}

}  // namespace

context::context(mw::host& h, const limits& l)
    : host(h),
      bounds(l),
      admits(h.find<admission>("admission")),
      book(h),
      dropped_stranger(packets(h, "stranger")),
      dropped_unread(packets(h, "unread")),
      dropped_send(packets(h, "send")),
      refused_oversize(packets(h, "oversize")),
      refused_unproved(packets(h, "unproved")),
      next_(h.make_timer([this] { end_silent(); })) {}

void context::heard(idle_place& one) {
  links_.touch(one, host.now());
  if (!next_->armed()) next_->arm(bounds.idle_timeout);
}

void context::end_silent() {
  while (idle_place* oldest = links_.oldest()) {
    const duration silent = host.now() - idle_list::heard_at(*oldest);
    if (silent < bounds.idle_timeout) return next_->arm(bounds.idle_timeout - silent);
    static_cast<packet_link*>(oldest)->silent();  // leaves the list; its owner may destroy links
  }
}

}  // namespace mw::udp

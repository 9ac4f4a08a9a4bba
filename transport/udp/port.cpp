// port: one bound socket with the links that use it, apart by the address of their peers.
// SPDX-License-Identifier: Apache-2.0
#include "port.h"

#include "common/links/counted_stream.h"
#include "packet_link.h"

#include <utility>

namespace mw::udp {

result<std::shared_ptr<port>> port::open(context& shared, const endpoint& at) {
  auto made = std::make_shared<port>(shared);
  MW_TRY(made->socket_,
         shared.host.datagrams().open(
             at, {}, [self = made.get()](const datagram& packet) { self->received(packet); }));
  return made;
}

void port::received(const datagram& packet) {
  const auto alive = shared_from_this();  // the callback of a link may destroy the last one
  if (packet.bytes.empty()) return;
  const auto found = links_.find(packet.from);
  if (found != links_.end()) return found->second->received(packet.bytes);
  meet(packet);
}

void port::meet(const datagram& packet) {
  if (!accepted_ || paused_) return shared_.dropped_stranger.add();
  if (shared_.book.accepted_open() >= shared_.bounds.connections_max) {
    shared_.book.refused_too_many();
    return;
  }
  std::unique_ptr<admission_scope> scope;
  if (shared_.admits != nullptr) {
    auto asked = shared_.admits->arrive(packet.from, shared_.host.name());
    // Anybody can write any address into a packet: it proves nothing, and must harm nobody. So all
    // links of an address share one account from the start, and nobody offends by packets.
    if (!asked || !(*asked)->authenticated("packets", false))
      return shared_.book.refused_by_admission();
    scope = std::move(*asked);
  }
  auto made =
      std::make_unique<packet_link>(shared_, shared_from_this(), packet.from, reply_budget());
  made->received(packet.bytes);
  auto counted = std::make_unique<transports::counted_stream>(std::move(made), shared_.book,
                                                              transports::link_origin::accepted);
  if (scope) counted->watch(*scope);
  const auto accepted = accepted_;
  (*accepted)({.bytes = std::move(counted), .scope = std::move(scope)});
}

packet_listener::packet_listener(std::shared_ptr<port> on, function<void(link)> accepted)
    : port_(std::move(on)) {
  port_->let_in(std::make_shared<function<void(link)>>(std::move(accepted)));
}

packet_listener::~packet_listener() {
  port_->let_in(nullptr);
}

}  // namespace mw::udp

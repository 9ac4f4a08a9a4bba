// packet_socket: packets leave at the end of a turn and arrive at the beginning of one.
// SPDX-License-Identifier: Apache-2.0
#include "packet_socket.h"

#include <utility>

namespace mw::sim {

namespace {

failure not_running() {
  return {errc::disconnected, "the node of this socket has ended"};
}

}  // namespace

result<datagram_ptr> packet_socket::make(lane& home, kernel::resource_ledger& ledger,
                                         datagram_network& net, const endpoint& at,
                                         const datagram_options& options,
                                         function<void(const datagram&)> received) {
  auto made = std::make_unique<packet_socket>(home, ledger, net, std::move(received));
  made->local_ = at;
  made->queue_max_ = options.queue_packets;
  MW_TRY(made->id_, net.open(*made, home, made->local_, options));
  return datagram_ptr(std::move(made));
}

packet_socket::packet_socket(lane& home, kernel::resource_ledger& ledger, datagram_network& net,
                             function<void(const datagram&)> received)
    : lane_(home), net_(net), received_(std::move(received)), counted_(ledger.sockets) {}

packet_socket::~packet_socket() {
  if (!lane_.alive()) return;
  // What was queued in this turn still leaves, as from a real socket that is closed after sending.
  flush();
  net_.close(id_);
}

status packet_socket::send(const endpoint& to, bytes_view bytes) {
  if (!lane_.alive()) return not_running();
  if (leaving_.size() >= queue_max_)
    return {errc::overloaded, std::to_string(queue_max_) + " packets wait to be sent"};
  MW_TRY(const place_key target, net_.target(id_, to, bytes.size()));
  leaving_.push({slice::copy_of(bytes), target});
  lane_.leaving(flushing_);
  return {};
}

status packet_socket::join(const std::string& group, const std::string& on) {
  return lane_.alive() ? net_.join(id_, group, on) : status(not_running());
}

status packet_socket::leave(const std::string& group, const std::string& on) {
  return lane_.alive() ? net_.leave(id_, group, on) : status(not_running());
}

void packet_socket::flush() {
  while (!leaving_.empty()) net_.send(id_, leaving_.pop());
}

void packet_socket::receive() {
  for (;;) {
    socket_state* state = net_.find(id_);
    if (state == nullptr || state->arrived.empty()) return;
    const packet next = state->arrived.pop();
    const endpoint from = net_.addresses().to_endpoint(next.peer);
    // Out of this object while it runs: it may destroy the socket, but not its own captures.
    function<void(const datagram&)> received = std::move(received_);
    if (!life_.survives([&] { received({from, next.bytes.view()}); })) return;
    received_ = std::move(received);
  }
}

}  // namespace mw::sim

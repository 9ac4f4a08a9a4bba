// datagrams: unreliable packets; they may be lost, doubled or reordered.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <memory>
#include <string>

namespace mw {

// A bound socket. Destroying it closes it; may be destroyed inside its own callback.
class datagram_socket {
 public:
  virtual ~datagram_socket() = default;
  // Queues one packet for the end of the turn. `overloaded` when the bounded queue is full (the
  // packet is dropped and counted), `invalid` when it is too large or the address cannot be reached
  // from here.
  virtual status send(const endpoint& to, bytes_view packet) = 0;
  // Multicast group membership on the interface with address `on` (empty: the default one).
  virtual status join(const std::string& group, const std::string& on) = 0;
  virtual status leave(const std::string& group, const std::string& on) = 0;
  [[nodiscard]] virtual const endpoint& local() const = 0;
};
using datagram_ptr = std::unique_ptr<datagram_socket>;

struct datagram_options {
  bool broadcast = false;
  bool share_port = false;      // SO_REUSEADDR (multicast listeners beside other programs)
  bool multicast_loop = false;  // hear our own multicast
  int multicast_hops = 1;
  std::size_t queue_packets = 1024;  // unsent packets; beyond, send() fails
};

struct datagram {
  const endpoint& from;
  bytes_view bytes;  // valid during the call
};

// Implemented by the platforms.
class datagram_service {
 public:
  virtual result<datagram_ptr> open(const endpoint& at, const datagram_options& options,
                                    function<void(const datagram&)> received) = 0;

 protected:
  ~datagram_service() = default;
};

}  // namespace mw

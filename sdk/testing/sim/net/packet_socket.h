// packet_socket: a datagram socket as a plug-in has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "datagram_network.h"
#include "node/lane.h"
#include "platform/platform.h"

namespace mw::sim {

class packet_socket final : public datagram_socket {
 public:
  static result<datagram_ptr> make(lane& home, kernel::resource_ledger& ledger,
                                   datagram_network& net, const endpoint& at,
                                   const datagram_options& options,
                                   function<void(const datagram&)> received);
  packet_socket(lane& home, kernel::resource_ledger& ledger, datagram_network& net,
                function<void(const datagram&)> received);
  ~packet_socket() override;

  status send(const endpoint& to, bytes_view packet) override;
  status join(const std::string& group, const std::string& on) override;
  status leave(const std::string& group, const std::string& on) override;
  [[nodiscard]] const endpoint& local() const override { return local_; }

  // Packets have arrived: tell in a turn.
  void poke() { lane_.ready(receiving_); }

 private:
  void flush();
  void receive();

  lane& lane_;
  datagram_network& net_;
  slot_id id_ = 0;
  endpoint local_;
  std::size_t queue_max_ = 0;
  fifo<packet> leaving_;
  function<void(const datagram&)> received_;
  kernel::ledger_entry counted_;
  life_watch life_;
  member_task<packet_socket, &packet_socket::flush> flushing_{*this};
  member_task<packet_socket, &packet_socket::receive> receiving_{*this};
};

}  // namespace mw::sim

// packet_echo: sends packets to the peers, returns theirs, and checks what comes back.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probe_options.h"

#include <cstdint>

namespace echo_probe {

// A packet is "ping <number> <checksum>" or "pong ...". Numbers begin at a random place in each
// life, so that late answers to a former life are known as such.
class packet_echo {
 public:
  packet_echo(probe_context& context, mw::counter answered);
  mw::status start();

 private:
  void tick();
  void received(const mw::datagram& packet);
  void answered(std::uint64_t number);
  void send(const mw::endpoint& to, std::string_view word, std::uint64_t number);

  probe_context& context_;
  const mw::counter answered_;
  const std::uint64_t first_;
  std::uint64_t next_;
  mw::timer tick_;
  mw::datagram_ptr socket_;
};

}  // namespace echo_probe

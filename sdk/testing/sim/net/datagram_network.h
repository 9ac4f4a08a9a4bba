// datagram_network: packets between sockets; lost, late, doubled, reordered, damaged.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address_book.h"
#include "core/fifo.h"
#include "core/slot_map.h"
#include "link_table.h"

#include <mw/buffer.h>
#include <mw/datagrams.h>

#include <set>
#include <unordered_map>
#include <vector>

namespace mw::sim {

class lane;
class packet_socket;
class process;

struct packet {
  slice bytes;
  place_key peer = 0;  // to whom when leaving, from whom when arriving
};

struct socket_state {
  packet_socket* handle = nullptr;
  lane* home = nullptr;
  std::size_t node = 0;
  datagram_options options;
  std::uint16_t port = 0;
  bool any_address = false;
  std::vector<place_key> places;
  std::set<place_key> groups;  // joined, with port zero
  place_key loopback = 0;      // joined there: groups are heard and spoken to on the loopback alone
  fifo<packet> arrived;
};

class datagram_network {
 public:
  datagram_network(engine& events, link_table& links, address_book& addresses)
      : events_(events), links_(links), addresses_(addresses) {}

  [[nodiscard]] socket_state* find(slot_id id) { return sockets_.find(id); }
  [[nodiscard]] address_book& addresses() { return addresses_; }

  // `local` becomes the bound endpoint.
  result<slot_id> open(packet_socket& handle, lane& home, endpoint& local,
                       const datagram_options& options);
  void close(slot_id id);
  status join(slot_id id, const std::string& group, const std::string& on);
  status leave(slot_id id, const std::string& group, const std::string& on);

  // Whether a packet may be sent there; it then leaves with send().
  result<place_key> target(slot_id from, const endpoint& to, std::size_t size);
  void send(slot_id from, packet what);
  void drop(process& ended);

 private:
  void send_to_node_sockets(slot_id from, const packet& what);
  void send_to_group(slot_id from, const packet& what);
  void transmit(const socket_state& source, slot_id target, const packet& what);
  void launch(sim_path path, duration leaves, slot_id target, packet what);
  void arrive(sim_path path, slot_id target, packet what);
  result<place_key> group_of(slot_id id, const std::string& group, const std::string& on);
  [[nodiscard]] packet damaged(const packet& what);

  engine& events_;
  link_table& links_;
  address_book& addresses_;
  slot_map<socket_state> sockets_;
  std::unordered_map<place_key, std::vector<slot_id>> bound_;  // only looked up, never walked
  std::map<std::pair<std::size_t, std::size_t>, duration>
      free_at_;  // when a path has sent its last byte
};

}  // namespace mw::sim

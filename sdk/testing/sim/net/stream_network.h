// stream_network: listeners, dials and connections of all nodes of a world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "address_book.h"
#include "connection.h"
#include "link_table.h"

#include <unordered_map>

namespace mw::sim {

class dial_attempt;
class listening;

class stream_network {
 public:
  stream_network(engine& events, link_table& links, address_book& addresses)
      : events_(events), links_(links), addresses_(addresses) {}

  [[nodiscard]] engine& events() { return events_; }
  [[nodiscard]] link_table& links() { return links_; }
  [[nodiscard]] connection* find(slot_id id) { return connections_.find(id); }
  void abandon(slot_id id, int side);
  void forget_if_done(slot_id id);

  // The listener is told through its handle; `local` becomes the bound endpoint.
  result<slot_id> listen(listening& handle, lane& home, endpoint& local,
                         const stream_options& options);
  void stop_listening(slot_id id);
  // The next accepted connection, zero when none waits.
  slot_id accept(slot_id listener);

  slot_id dial(dial_attempt& handle, lane& home, const endpoint& to, const stream_options& options,
               duration deadline);
  // Also gives up a connection that the dial was not told of yet.
  void cancel(slot_id dial);

  // The process is gone; `power`: its machine as well.
  void drop(process& ended, bool power);
  void reset_between(std::size_t a, std::size_t b);
  void sever_between(std::size_t a, std::size_t b);
  [[nodiscard]] std::size_t open() const { return connections_.size(); }

 private:
  struct listener_state {
    listening* handle;
    lane* home;
    stream_options options;
    endpoint local;
    std::vector<place_key> places;
    fifo<slot_id> backlog;
  };
  struct dial_state {
    dial_attempt* handle;
    lane* home;
    endpoint to;
    stream_options options;
    place_key target = 0;
    duration retry{};
    slot_id made = 0;  // the connection, once the other side has it
  };

  void attempt(slot_id dial);
  void try_again(slot_id dial);
  void answer(slot_id dial, std::size_t from);
  void answered(slot_id dial);
  void refuse(slot_id dial, std::size_t from);
  void refused(slot_id dial);
  void fail(slot_id dial, failure why);
  void connect(slot_id dial, listener_state& listener);
  [[nodiscard]] std::optional<std::size_t> answering_node(place_key target);
  void later(duration delay, slot_id dial, void (stream_network::*what)(slot_id));

  engine& events_;
  link_table& links_;
  address_book& addresses_;
  slot_map<connection> connections_;
  slot_map<listener_state> listeners_;
  slot_map<dial_state> dials_;
  // Only looked up, never walked.
  std::unordered_map<place_key, slot_id> listening_;
  std::unordered_map<place_key, std::size_t>
      last_owner_;  // who listened there last, on shared loopback
};

}  // namespace mw::sim

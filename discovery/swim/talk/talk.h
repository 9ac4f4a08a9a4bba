// talk: user events, queries and intents: spread once, delivered once, ordered by Lamport clocks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "talk/messages.h"

#include <mw/random.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mw::swim::talk {

struct clock {
  lamport now = 1;
  void witness(lamport seen) {
    if (seen >= now && seen < lamport_max) now = seen + 1;
  }
  lamport next() { return now++; }
  // A peer that claims the end of time would stop everybody's clock.
  static constexpr lamport lamport_max = lamport{1} << 62;
};

struct limits {
  std::size_t event_bytes = 512;  // name and payload
  std::size_t query_bytes = 1024;
  std::size_t response_bytes = 1024;
  std::size_t queries_max = 64;        // of ours under way
  std::size_t responses_max = 10'000;  // for one query
  std::size_t intents_max = 1'024;     // of nodes not known yet
  duration intent_kept = 5min;
};

struct ended_query {
  std::uint32_t id = 0;
  std::string name;
  std::vector<std::string> acks;
  std::vector<std::pair<std::string, std::string>> responses;  // node and payload
};

// A message for one node, not for everybody.
struct direct {
  endpoint to;
  std::string bytes;
};

struct outputs {
  std::vector<std::string> spread;  // to everybody
  std::vector<direct> packets;
  std::vector<user_event> events;  // for users here, in order of arrival
  std::vector<query> queries;      // for users here: answer with respond()
  std::vector<ended_query> ended;
  std::vector<std::string> leaving;                // members that said so
  std::vector<std::pair<std::string, bool>> left;  // failed ones that count as left; true: forget
};

struct counts {
  std::uint64_t events = 0, queries = 0, duplicates = 0, old = 0, malformed = 0, refused = 0;
};

class talk {
 public:
  talk(std::string self, const limits& l, random_stream& random)
      : self_(std::move(self)), limits_(l), random_(random) {}

  // Bytes of a user message; `tags` are ours.
  void receive(const std::string& bytes, const tag_map& tags, time_point now);
  // `overloaded` or `invalid`: nothing was sent.
  status fire(const std::string& name, const std::string& payload, bool coalesce);
  result<std::uint32_t> ask(query q, time_point now);
  status respond(const query& to, std::string payload);
  void tick(time_point now);
  [[nodiscard]] time_point next_due() const;
  [[nodiscard]] outputs take_outputs() { return std::exchange(out_, {}); }

  // What memberlist found out.
  void member_up(const std::string& name);
  void member_gone(const std::string& name);
  void forget(const std::string& name) { status_.erase(name); }
  // True when it said before that it would leave.
  [[nodiscard]] bool is_leaving(const std::string& name) const;

  void announce_join();
  void leave();
  // Of a member that failed and will not be back.
  void announce_leave_of(const std::string& name, bool prune);

  [[nodiscard]] std::string local_state() const;
  // Clocks, and the newest events that fit: for nodes that tell each other the rest otherwise.
  [[nodiscard]] std::string brief_state(std::size_t event_bytes) const;
  void merge_state(std::string_view bytes, bool join);

  [[nodiscard]] lamport time() const { return members_clock_.now; }
  [[nodiscard]] lamport event_time() const { return events_clock_.now; }
  [[nodiscard]] lamport query_time() const { return queries_clock_.now; }
  // From a snapshot of an earlier life.
  void restore(lamport member_time, lamport event_time, lamport query_time);
  [[nodiscard]] const counts& counted() const { return counts_; }

 private:
  static constexpr std::size_t ring_size = 512;
  struct seen_events {
    lamport time = 0;
    std::vector<std::pair<std::string, std::string>> what;
  };
  struct seen_queries {
    lamport time = 0;
    std::vector<std::uint32_t> ids;
  };
  struct status_record {
    lamport time = 0;
    bool leaving = false;
    bool left = false;
    bool known = false;  // by memberlist, now or earlier
    bool up = false;
    time_point since{};  // of an intent for an unknown node
  };
  struct open_query {
    ended_query so_far;
    lamport time = 0;
    time_point end{};
  };

  // True when our own record advanced.
  bool take_intent(const intent& m, time_point now);
  // True when it is new: it is to be spread on.
  bool take_event(const user_event& m);
  bool take_query(const query& m, const tag_map& tags);
  void take_response(const response& m);
  void send_ack(const query& q);

  std::string self_;
  limits limits_;
  random_stream& random_;
  clock members_clock_, events_clock_, queries_clock_;
  lamport events_from_ = 0;  // older ones are not delivered
  lamport queries_from_ = 0;
  std::array<seen_events, ring_size> events_;
  std::array<seen_queries, ring_size> queries_;
  std::map<std::string, status_record> status_;
  std::vector<open_query> open_;
  outputs out_;
  counts counts_;
};

}  // namespace mw::swim::talk

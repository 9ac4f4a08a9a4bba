// swarm: many members in virtual time over a network that loses, delays, cuts and stalls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/engine.h"
#include "native/codec.h"

#include <mw/function.h>
#include <mw/random.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace mw::swim::testing {

struct swarm_options {
  std::size_t members = 3;
  std::uint64_t seed = 1;
  settings tuning;
  double loss = 0;            // of packets
  bool exits_refuse = false;  // streams to dead members are refused at once, or get no answer
  duration latency = 500us;
  // Whose signatures members trust; made for each of them. Empty: nobody signs.
  std::function<std::unique_ptr<notary>(std::size_t who)> notaries;
};

// Who was told dead by whom, and whether it was alive then.
struct death {
  std::size_t observer;
  std::size_t victim;
  duration at;
  bool wrong;
};

class swarm {
 public:
  explicit swarm(const swarm_options& o);

  // All start at once; each asks number 0 for the cluster.
  void start_all();
  void start(std::size_t who);
  void run_for(duration how_long);
  bool run_until(const std::function<bool()>& holds, duration deadline);
  [[nodiscard]] duration now() const { return now_.since_start; }

  void kill(std::size_t who) { node(who).up = false; }
  // A new life under the same name; at another address when `moved`.
  void restart(std::size_t who, bool moved = false);
  void leave(std::size_t who);
  // A connection of `who` with `victim` broke.
  void link_broke(std::size_t who, std::size_t victim) {
    at(who).suspect_exit(name_of(victim), now_);
    settle(who);
  }
  // Nothing happens in the process until then.
  void freeze(std::size_t who, duration how_long) { node(who).frozen_until = now_ + how_long; }
  // Packets wait until then; timers run.
  void stall(std::size_t who, duration how_long);
  // False: nothing passes from one to the other.
  std::function<bool(std::size_t from, std::size_t to)> passes;

  [[nodiscard]] engine& at(std::size_t who) { return *node(who).core; }
  [[nodiscard]] bool up(std::size_t who) { return node(who).up; }
  // The state of `subject` as `observer` sees it; left when it is not known.
  [[nodiscard]] liveness seen(std::size_t observer, std::size_t subject);
  [[nodiscard]] bool all_see_all();  // all that are up know each other as alive
  [[nodiscard]] bool all_see(std::size_t subject, liveness state);
  [[nodiscard]] const std::vector<death>& deaths() const { return deaths_; }
  [[nodiscard]] std::size_t wrong_deaths() const;
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t overflows() const { return overflows_; }  // of sockets
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] static std::string name_of(std::size_t i) { return "n" + std::to_string(i); }
  void deliver(std::size_t to, const message& m, const endpoint& from);
  void join(std::size_t who, std::size_t seed);

 private:
  struct waiting {
    std::vector<message> parts;
    endpoint from;
    std::size_t cost = 0;
  };
  struct member_node {
    std::unique_ptr<random_stream> random;
    std::unique_ptr<notary> signer;
    std::unique_ptr<engine> core;
    endpoint at;
    bool up = false;
    time_point frozen_until{}, stalled_until{};
    std::deque<waiting> inbox;
    std::size_t inbox_bytes = 0;
    std::uint64_t timer = 0;  // only the newest counts
    time_point armed{};       // when it fires
  };
  struct event {
    time_point at;
    std::uint64_t order;
    function<void()> run;
    // The first one stands at the front of a heap.
    bool operator<(const event& other) const {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  member_node& node(std::size_t i) { return *nodes_[i]; }
  void later(duration delay, function<void()> run);
  void make(std::size_t who, std::uint32_t incarnation);
  void settle(std::size_t who);  // takes outputs, arms the timer
  void tick(std::size_t who, std::uint64_t timer);
  void drain(std::size_t who);
  void arrive(std::size_t to, waiting packet);
  void send(std::size_t from, const packet& p);
  void stream(std::size_t from, const stream_task& task);
  void hand_cards(std::size_t from, std::size_t to, const std::vector<member_state>& records);
  [[nodiscard]] bool open(std::size_t from, std::size_t to) const {
    return !passes || passes(from, to);
  }

  swarm_options options_;
  native::codec codec_;
  random_stream random_;
  time_point now_{};
  std::uint64_t order_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t overflows_ = 0;
  std::vector<std::unique_ptr<member_node>> nodes_;
  std::map<endpoint, std::size_t> by_address_;
  std::map<std::string, std::size_t> by_name_;
  std::vector<death> deaths_;
  std::vector<event> events_;  // a heap
};

}  // namespace mw::swim::testing

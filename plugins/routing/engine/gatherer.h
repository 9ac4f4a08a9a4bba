// gatherer: questions to several members, and when they are decided.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/deadline_ring.h"
#include "core/quorum.h"
#include "core/slots.h"
#include "engine/caller.h"

#include <optional>
#include <vector>

namespace mw::routing {

struct gathering {
  std::uint64_t id = 0;
  question what;
  std::uint32_t fan_out = 0;
  quorum count;
  time_point started;
  time_point next_hedge;
  std::vector<std::uint32_t> spares;  // peers not asked yet, the next one last
  std::vector<call_ref> legs;
  slice body;                                              // for the spares
  std::vector<std::pair<std::uint32_t, failure>> unasked;  // failed at once: told in the next turn
  function<void(const answer&)> on_answer;

  void clear();
};

class gatherer {
 public:
  gatherer(shared& with, caller& calls)
      : with_(with), calls_(calls), open_(with.options.calls_max) {}

  [[nodiscard]] result<call_ref> ask(const question& q, const route& where, message_out& body,
                                     function<void(const answer&)> on_answer);
  // Names of gatherings differ from those of calls to one peer.
  [[nodiscard]] static bool is_one(call_ref call) { return (call.id & mark) != 0; }
  void cancel(call_ref call);
  void turn(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() { return hedges_.next(); }
  // The same without looking closely; for each message.
  [[nodiscard]] std::optional<time_point> soonest() const { return hedges_.soonest(); }
  [[nodiscard]] bool came_nearer() { return hedges_.came_nearer(); }

 private:
  static constexpr std::uint64_t mark = std::uint64_t{1} << 62;

  void ask_member(gathering& g, std::uint32_t peer, message_out& body);
  void ask_spare(gathering& g);
  void on_answer(std::uint64_t id, const answer& a);
  void tell(std::uint64_t id, const answer& a);
  void decide(std::uint64_t id);
  void finish(gathering& g, std::optional<failure> why);

  shared& with_;
  caller& calls_;
  slot_table<gathering> open_;
  deadline_ring hedges_;
  std::vector<std::uint64_t> started_;  // with failures to tell in the next turn
  message_out again_;
};

// The members that offer the service, all or those of the route's group, self among them.
void members_of(shared& with, const question& q, const route& where,
                std::vector<std::uint32_t>& into);

}  // namespace mw::routing

// balancer: which of several peers gets the next request.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// Names a peer towards a balancer: chosen by the caller, the same in every list the peer is in.
using candidate_key = std::uint64_t;

struct candidate {
  candidate_key key = 0;
  std::string zone;
  double weight = 1;  // share of the load relative to the others; above zero
};

// Borrowed for the duration of pick().
struct pick_request {
  time_point now;             // of this turn, so that picking needs no clock
  std::uint64_t hash = 0;     // of what should stay together (a session, a key); zero: nothing
  std::uint32_t attempt = 0;  // zero, then one more for each retry of the request
  std::span<const candidate_key> avoid;  // tried already, or stopped by a breaker or limit
};

// How a request ended, classified once for everybody who learns from it.
enum class call_end : std::uint8_t {
  ok,            // answered, be it with an error of the application
  server_error,  // answered: the peer itself failed
  overloaded,    // the peer refused to take it
  timed_out,
  disconnected,
  cancelled,  // the caller lost interest; says nothing about the peer
};

struct call_outcome {
  candidate_key key = 0;
  call_end end = call_end::ok;
  duration took{};  // from pick() to the end
  time_point now;
};

// Why a candidate is liked or not, for people. A smaller cost is better.
struct candidate_view {
  candidate_key key = 0;
  double cost = 0;
  std::string reason;
};

// Picks for one service. Owned by the user, which dies before the balancer. All calls belong to the
// plug-in's lane and none blocks; pick() and finished() are on the path of every message: they
// neither allocate nor log.
class picker {
 public:
  virtual ~picker() = default;

  // Replaces the list: peers that are members, healthy and admitted now. Called when that changes,
  // not for each request. What was learnt of a key stays with it as long as it is listed. Copied;
  // keys are distinct.
  virtual void assign(std::span<const candidate> candidates) = 0;

  // One of the list that is not in `avoid`; empty when there is none. Each pick is followed by one
  // finished().
  [[nodiscard]] virtual std::optional<candidate_key> pick(const pick_request& request) noexcept = 0;

  // Tells how a picked request ended, exactly once. Keys that are no longer listed are ignored:
  // answers may come after the peer has left.
  virtual void finished(const call_outcome& outcome) noexcept = 0;

  // All candidates of the list as the next pick would see them. For admin pages; may allocate.
  [[nodiscard]] virtual std::vector<candidate_view> explain() const = 0;
};

// Capabilities:
//   weighted   honours candidate::weight
//   affinity   equal hashes go to the same peer as long as the list allows
//   adaptive   learns from outcomes
class balancer {
 public:
  static constexpr std::string_view contract = "balancer/1";

  // Called once for each service, when its first request comes; `service` is borrowed. Pickers
  // share nothing that shows. Never null.
  [[nodiscard]] virtual std::unique_ptr<picker> open(std::string_view service) = 0;

 protected:
  ~balancer() = default;
};

}  // namespace mw

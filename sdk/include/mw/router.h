// router: calls and messages to services, wherever in the cluster they are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/channel.h>
#include <mw/codec.h>
#include <mw/function.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mw {

// A service by number, so that no text is compared per message. Stays valid as long as the router.
struct service_ref {
  std::uint32_t number = 0;  // zero: none
};
// An open call. Never reused.
struct call_ref {
  std::uint64_t id = 0;
};

enum class send_to : std::uint8_t {
  one,    // of those that offer the service; the balancer chooses
  node,   // the one with node id `name`
  group,  // all that offer the service and have joined the group `name`
  all,    // all that offer the service
};

// How hard the router tries, and what the other side may see.
enum class guarantee : std::uint8_t {
  at_most_once,   // sent once: lost when the link or the peer is
  at_least_once,  // sent again until acknowledged or dead-lettered: may be seen twice
  exactly_once,   // at_least_once, and the receiver drops what it has seen: see README of routing
};

struct route {
  service_ref service;
  send_to to = send_to::one;
  std::string_view name;   // node id or group; borrowed during the call
  duration deadline = 5s;  // from now to the last answer; travels with the request
  mw::priority priority = mw::priority::normal;
  mw::guarantee guarantee = mw::guarantee::at_most_once;
  std::uint64_t hash = 0;  // of what should stay on one peer; zero: nothing
  std::uint32_t quorum =
      0;  // group, all: done after so many replies, the rest is cancelled; 0: all
  std::uint32_t fan_out = 0;  // group, all: ask at most so many, keep the others as spares; 0: all
  bool streams = false;       // the caller sends items with push()
};

struct tally {
  std::uint32_t asked = 0;
  std::uint32_t replied = 0;
  std::uint32_t failed = 0;  // asked - replied - failed: still missing
};

// How far a message went that was sent. To one it went, or send() fails; of several some may have
// no room for it (`refused`): those do not get it, the others do.
struct reach {
  std::uint32_t taken = 0;
  std::uint32_t refused = 0;
  [[nodiscard]] bool whole() const { return refused == 0; }
};

struct answer {
  enum class kind : std::uint8_t {
    item,  // one of several from `from`
    reply,
    refusal,  // see `error`
    end,      // only of group and all: nothing more comes; see `counts` and `error`
  };
  kind what;
  std::string_view from;  // node id; empty when no peer was involved
  payload body;
  const failure* error = nullptr;  // refusal; end: why the quorum was not met
  tally counts;
  bool last = false;  // nothing more comes for this call
  bool& hold;         // items: set to keep the credit until consumed()
};

// Who carries and encodes, for typed callers. `out` is cleared and free until the next call.
struct router_tools {
  mw::codec& codec;
  message_out& out;
};

// Provided together with services/1 (see services.h). Calls belong to the provider's lane; nothing
// blocks; handlers run in later turns, never inside a call. Capabilities: none so far.
class router {
 public:
  static constexpr std::string_view contract = "router/1";

  [[nodiscard]] virtual router_tools tools() = 0;

  // The number of a service by its name, for example "orders.get": letters, digits, . _ - and at
  // most 128 bytes. `invalid` otherwise, `overloaded` when too many names are in use. It need not
  // be offered anywhere yet.
  [[nodiscard]] virtual result<service_ref> open(std::string_view service) = 0;

  // Asks, and calls `on_answer` for each answer up to the one with `last`. Failures that are known
  // at once come back from the call: `not_found` (nobody offers it, no such node), `overloaded`
  // (too many calls, a full queue), `invalid`. What comes later is a refusal: the callee's own
  // failure, `timed_out`, `disconnected` (the outcome is unknown), `overloaded`.
  [[nodiscard]] virtual result<call_ref> call(const route& where, message_out& body,
                                              function<void(const answer&)> on_answer) = 0;

  // Tells, without an answer. `settled` (may be empty) is called once: for at_most_once when the
  // message was handed to a link, for the others when it was acknowledged or given up. Fails when
  // nobody took the message. Of group and all see `reach`: sent again, those who took it would get
  // it twice; `settled` then hears a failure, and mw_router_refused_total{reason="partial"} counts
  // each that had no room.
  [[nodiscard]] virtual result<reach> send(const route& where, message_out& body,
                                           function<void(status)> settled) = 0;

  // One more item of a call with `streams`; `last` says there will be no more. `overloaded`: the
  // callee's window is full, `room` is called when it is not.
  [[nodiscard]] virtual status push(call_ref call, message_out& item, bool last,
                                    function<void()> room) = 0;

  // Gives back credit of `bytes` of items whose `hold` was set.
  virtual void consumed(call_ref call, std::size_t bytes) = 0;

  // Ends a call from this side: no more answers come, the callee is told. Unknown calls are fine.
  virtual void cancel(call_ref call) = 0;

 protected:
  ~router() = default;
};

}  // namespace mw

// services: what this node offers to others, and who those others are.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/router.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// An exchange to answer, now or in a later turn. Never reused; a stale one is refused.
struct reply_ref {
  std::uint64_t id = 0;  // zero: no answer is expected
};

struct incoming {
  enum class kind : std::uint8_t {
    request,    // a call or a message; `reply` says which
    item,       // one more item of a call that streams
    end,        // the caller sends no more items
    cancelled,  // the caller has gone: answering is pointless; the last
  };
  kind what;
  std::string_view from;      // node id of the caller
  std::string_view identity;  // what its transport proved; empty: nothing
  payload body;
  reply_ref reply;
  duration left{};  // until the caller gives up
  mw::priority priority = mw::priority::normal;
  bool& hold;  // items: set to keep the credit until consumed()
};

struct serve_options {
  bool streams = false;           // the handler understands items; else they are refused
  std::uint32_t waiting_max = 0;  // requests without an answer at a time; 0: the router's option
};

// Keeps an offer alive; destroying it withdraws it. Owned by the caller, which dies first.
class registration {
 public:
  virtual ~registration() = default;
};
using registration_ptr = std::unique_ptr<registration>;

struct member {
  std::string id;
  std::string zone;
  std::string address;
  peer_state state = peer_state::known;
  std::vector<std::string> services;
  std::vector<std::string> groups;
  bool self = false;
};

// Calls belong to the provider's lane. Nothing blocks.
class services {
 public:
  static constexpr std::string_view contract = "services/1";

  // Offers `service` on this node; peers learn of it at once. `handler` runs for each request.
  // `invalid`: a bad name, or one that is offered here already; `overloaded`: too many.
  [[nodiscard]] virtual result<registration_ptr> serve(std::string_view service,
                                                       const serve_options& options,
                                                       function<void(const incoming&)> handler) = 0;

  // Answers: `last` ends the exchange, else it was one of several. `not_found`: it has ended;
  // `overloaded`: the caller's window is full, for items only: `room` is called when it is not.
  [[nodiscard]] virtual status answer(reply_ref to, message_out& body, bool last,
                                      function<void()> room) = 0;
  // Ends the exchange with a failure.
  virtual void refuse(reply_ref to, const failure& why) = 0;
  // Gives back credit of `bytes` of held items.
  virtual void consumed(reply_ref of, std::size_t bytes) = 0;

  // Makes this node one of the group until the registration dies.
  [[nodiscard]] virtual result<registration_ptr> join(std::string_view group) = 0;

  // This node and everybody it knows, sorted by id; allocates.
  [[nodiscard]] virtual std::vector<member> members() const = 0;

 protected:
  ~services() = default;
};

}  // namespace mw

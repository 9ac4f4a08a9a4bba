// caller: open calls: who was asked, what came back, and when to stop waiting.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/deadline_ring.h"
#include "core/link_lists.h"
#include "core/slots.h"
#include "engine/shared.h"
#include "wire/envelope.h"

#include <mw/planted.h>
#include <mw/router.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw::routing {

// What is asked, the same for all that are asked.
struct question {
  service* what = nullptr;
  time_point now;  // of this turn
  time_point deadline;
  mw::priority priority = mw::priority::normal;
  std::uint8_t hops = 0;
  bool streams = false;
  bool one_of_many = false;
  mw::guarantee guarantee = mw::guarantee::at_most_once;
  std::uint64_t affinity = 0;  // route::hash
  std::uint64_t group = 0;
};

// What it takes to ask again when the connection was lost.
struct repeat {
  question what;
  bool any = false;  // another peer will do
  delivery_id delivery;
  std::uint64_t life = 0;  // of the peer when it was asked last
  std::vector<std::byte> body;
};

// One question to one peer. Its id is the id of the exchange on the wire.
struct leg {
  std::uint64_t id = 0;
  service* what = nullptr;
  std::uint32_t peer = 0;
  candidate_key picked = 0;  // zero: not chosen by a picker
  link_place place;
  mw::priority priority = mw::priority::normal;
  bool streams = false;
  bool wants_room = false;
  std::uint32_t items_out = 0;  // of sealed calls: their place is sealed, too
  std::uint32_t items_in = 0;
  bool abandoned = false;  // cancelled before it had a link: waits for one to say so
  time_point started;
  time_point deadline;
  function<void(const answer&)> on_answer;
  function<void()> room;
  std::unique_ptr<repeat> again;  // null: at most once

  // Field by field: each call passes here, and most have only the first three.
  void clear() {
    what = nullptr;
    place = {};
    on_answer = nullptr;
    peer = 0;
    picked = 0;
    priority = mw::priority::normal;
    streams = wants_room = abandoned = false;
    items_out = items_in = 0;
    started = deadline = {};
    if (room) room = nullptr;
    if (again != nullptr) again.reset();
  }
};

class caller {
 public:
  explicit caller(shared& with)
      : with_(with), legs_(with.options.calls_max), lists_(legs_, with.seed) {}

  // What `where` means for a call from here: what the present request hands on, and bounds.
  [[nodiscard]] question question_of(const route& where) {
    question q;
    q.what = with_.services.find(where.service);
    q.now = with_.node.now();
    q.deadline = q.now + std::clamp(where.deadline, duration::zero(), with_.options.deadline_max);
    q.priority = where.priority;
    q.streams = where.streams;
    q.guarantee = where.guarantee;
    q.affinity = where.hash;
    if (with_.inside.active) {
      q.deadline = std::min(q.deadline, with_.inside.deadline);
      q.hops = static_cast<std::uint8_t>(with_.inside.hops + 1);
    }
    return q;
  }
  [[nodiscard]] status check(const question& q, const message_out& body) {
    const bool near = q.hops <= envelope::hops_max || MW_PLANTED(hops_ignored);
    const bool fine = q.what != nullptr && !body.overflowed() && near && q.deadline > q.now;
    return fine ? status{} : status(refuse(q, body));
  }
  // The one that the service's picker chooses, trying others when it cannot take the message.
  [[nodiscard]] result<call_ref> ask_one(const question& q, const route& where, message_out& body,
                                         function<void(const answer&)> on_answer);
  [[nodiscard]] result<call_ref> ask(const question& q, peer& to, message_out& body,
                                     function<void(const answer&)>& on_answer);

  [[nodiscard]] status push(call_ref call, message_out& item, bool last, function<void()> room);
  // Tells the callee; the one who asked hears nothing more.
  void cancel(call_ref call, outcome how = outcome::cancelled);
  void consumed(call_ref call, std::size_t bytes);

  void on_answer(const arrival& message);
  void on_link_closed(link_ref closed, const failure& why);
  void on_placed(const message_head& head, const result<link_ref>& where);
  void on_room(std::uint32_t peer);
  // All calls to a peer that is gone for good.
  void on_gone(std::uint32_t peer);
  void expire(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() { return deadlines_.next(); }
  // The same without looking closely; for each message.
  [[nodiscard]] std::optional<time_point> soonest() const { return deadlines_.soonest(); }
  [[nodiscard]] bool came_nearer() { return deadlines_.came_nearer(); }
  [[nodiscard]] std::uint32_t size() const { return legs_.size(); }

  // Calls f(const leg&) for each open one.
  template <class F>
  void each(F f) {
    legs_.each([&](leg& l) { f(static_cast<const leg&>(l)); });
  }

 private:
  [[nodiscard]] failure refuse(const question& q, const message_out& body);
  [[nodiscard]] result<link_ref> post(leg& l, const question& q, message_out& body);
  [[nodiscard]] status make_repeatable(leg& l, const question& q, const message_out& body);
  // Opens what came for a sealed call, or ends the call.
  [[nodiscard]] bool opened(leg& l, arrival& message);
  // True: it will be asked again.
  bool try_later(leg& l);
  void ask_again(leg& l);
  // Ends the leg and tells the one who asked.
  void fail(leg& l, const failure& why);
  void close(leg& l, outcome how, duration took);
  void tell_cancelled(const leg& l);
  void deliver(leg& l, const arrival& message);
  void tell_item(leg& l, const arrival& message);

  shared& with_;
  slot_table<leg> legs_;
  link_lists<leg> lists_;
  deadline_ring deadlines_;
  message_out again_;
};

}  // namespace mw::routing

// server: what this node offers, and the requests that wait for an answer.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/deadline_ring.h"
#include "core/dedup.h"
#include "core/kept_replies.h"
#include "core/link_lists.h"
#include "core/slots.h"
#include "delivery/receipts.h"
#include "engine/shared.h"
#include "wire/envelope.h"

#include <mw/services.h>

#include <optional>

namespace mw::routing {

// A service that is offered here.
struct offer {
  std::uint64_t id = 0;
  service* what = nullptr;
  serve_options options;
  function<void(const incoming&)> handler;
  std::uint32_t waiting = 0;  // requests without an answer
  std::uint32_t running = 0;  // calls of the handler under way
  bool withdrawn = false;     // destroyed when no call of the handler is under way

  void clear() {
    const std::uint64_t same = id;
    *this = offer();
    id = same;
  }
};

// A request that waits for its answer.
struct exchange {
  std::uint64_t id = 0;
  std::uint64_t caller_id = 0;  // what the caller calls it
  std::uint64_t offer = 0;
  service* what = nullptr;
  std::uint32_t peer = 0;
  link_place place;
  mw::priority priority = mw::priority::normal;
  bool streams = false;
  bool wants_room = false;
  seal_mode seal = seal_mode::none;
  std::uint32_t items_out = 0;  // as in leg
  std::uint32_t items_in = 0;
  std::uint8_t hops = 0;
  std::uint64_t kept = 0;  // in kept_replies; zero: the answer is sent and forgotten
  time_point deadline;
  function<void()> room;
  std::optional<failure> unsent;  // a refusal that found no room

  // Field by field: each request passes here.
  void clear() {
    caller_id = offer = kept = 0;
    what = nullptr;
    peer = 0;
    place = {};
    priority = mw::priority::normal;
    streams = wants_room = false;
    seal = seal_mode::none;
    items_out = items_in = 0;
    hops = 0;
    deadline = {};
    if (room) room = nullptr;
    if (unsent) unsent.reset();
  }
};

struct exchange_key {
  link_ref on;
  std::uint64_t id = 0;
  friend bool operator==(const exchange_key&, const exchange_key&) = default;
  [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const {
    return mix(id, mix(std::uint64_t{on.slot} << 32 | on.generation, seed));
  }
};

class server {
 public:
  // `sent_back` gets what happened to messages that want a receipt.
  server(shared& with, receipts& sent_back);

  [[nodiscard]] result<std::uint64_t> serve(std::string_view name, const serve_options& options,
                                            function<void(const incoming&)> handler);
  void withdraw(std::uint64_t offer_id);

  [[nodiscard]] status answer(reply_ref to, message_out& body, bool last, function<void()> room);
  void refuse(reply_ref to, const failure& why);
  void consumed(reply_ref of, std::size_t bytes);

  void on_request(const arrival& message);
  void on_one_way(const arrival& message);
  void on_more(const arrival& message);  // items, their end, cancel
  void on_link_closed(link_ref closed);
  void on_room(std::uint32_t peer);
  // All requests of a peer that is gone for good.
  void on_gone(std::uint32_t peer);
  void expire(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() { return deadlines_.next(); }
  // The same without looking closely; for each message.
  [[nodiscard]] std::optional<time_point> soonest() const { return deadlines_.soonest(); }
  [[nodiscard]] bool came_nearer() { return deadlines_.came_nearer(); }
  [[nodiscard]] std::uint32_t size() const { return open_.size(); }

 private:
  // Null: a stranger.
  [[nodiscard]] peer* sender_of(const arrival& message);
  [[nodiscard]] status authorize(const arrival& message, const envelope& head, const peer& from,
                                 access_verb verb) {
    return with_.guard.closed() ? ask_policy(message, head, from, verb) : status{};
  }
  [[nodiscard]] status ask_policy(const arrival& message, const envelope& head, const peer& from,
                                  access_verb verb);
  // The checks that requests and messages share.
  [[nodiscard]] result<offer*> admit(const arrival& message, const envelope& head, peer& from);
  [[nodiscard]] status admit_request(const envelope& head, const offer& to, const peer& from);
  [[nodiscard]] status check_receiver(const envelope& head, offer* found, peer& from);
  [[nodiscard]] status check_closely(const envelope& head, const offer* found, peer& from);
  // Opens what is sealed and refuses what should be: `body` is what may be read.
  [[nodiscard]] status unseal(const arrival& message, const envelope& head, const peer& from,
                              bytes_view& body) {
    return head.sealed || with_.seal != nullptr ? open_sealed(message, head, from, body) : status{};
  }
  [[nodiscard]] status open_sealed(const arrival& message, const envelope& head, const peer& from,
                                   bytes_view& body);
  // Whether the request has been seen; then it is answered as it was before.
  [[nodiscard]] bool answered_before(const arrival& message, const envelope& head, bytes_view body,
                                     const peer& from);
  [[nodiscard]] seen judge(const envelope& head, const peer& from);
  void open(offer& to, const arrival& message, const envelope& head, bytes_view body, peer& from);
  [[nodiscard]] bool take_broadcast(peer& from);
  void turn_away(const arrival& message, const failure& why);
  [[gnu::always_inline]] void run(offer& to, const incoming& what, const call_context& inherit) {
    const call_context before = std::exchange(with_.inside, inherit);
    ++to.running;
    to.handler(what);
    with_.inside = before;
    if (--to.running == 0 && to.withdrawn) offers_.close(to);
  }
  void tell(exchange& x, incoming::kind what, const arrival* message);
  // So that its link's end, what the caller says next and its deadline find it.
  void enlist(exchange& x);
  void end(exchange& x);
  // Keeps the answer for a caller that asks again, and forgets the link it may have lost.
  void keep(const exchange& x, bool refused, const message_out& body);
  // Ends the exchange because nobody waits for the answer any more.
  void drop(exchange& x);

  shared& with_;
  receipts& receipts_;
  slot_table<offer> offers_;
  slot_table<exchange> open_;
  link_lists<exchange> lists_;
  flat_map<exchange_key> by_caller_;
  deadline_ring deadlines_;
  dedup seen_;
  kept_replies kept_;
};

}  // namespace mw::routing

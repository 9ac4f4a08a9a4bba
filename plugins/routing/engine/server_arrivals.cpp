// server_arrivals: from a message to the handler, past every reason to turn it away.
// SPDX-License-Identifier: Apache-2.0
#include "engine/server.h"

#include <mw/planted.h>
#include <mw/toolkit/hash.h>

#include <algorithm>

namespace mw::routing {

// A burst of one second's worth; refilled with time.
bool server::take_broadcast(peer& from) {
  if (from.self) return true;
  const double most = std::max(1.0, with_.options.broadcasts_per_peer.per_second);
  const time_point now = with_.node.now();
  const bool first = from.budget_at == time_point{};
  const double seconds = std::chrono::duration<double>(now - from.budget_at).count();
  from.broadcast_budget =
      first ? most
            : std::min(most, from.broadcast_budget +
                                 seconds * with_.options.broadcasts_per_peer.per_second);
  from.budget_at = now;
  if (from.broadcast_budget < 1) return false;
  from.broadcast_budget -= 1;
  return true;
}

// What most messages have nothing of.
[[gnu::always_inline]] inline status server::check_receiver(const envelope& head, offer* found,
                                                            peer& from) {
  const bool fine =
      head.hops <= envelope::hops_max && head.left_us != 0 && found != nullptr && !head.one_of_many;
  return fine ? status{} : check_closely(head, found, from);
}

status server::check_closely(const envelope& head, const offer* found, peer& from) {
  if (head.hops > envelope::hops_max && !MW_PLANTED(hops_ignored)) {
    with_.counts.refused(refusal::hops);
    return failure(errc::invalid, "more than 17 calls in a chain: services call in a circle");
  }
  if (head.left_us == 0) {
    with_.counts.refused(refusal::expired);
    return failure(errc::timed_out, "the request arrived after its deadline");
  }
  if (found == nullptr) {
    with_.counts.refused(refusal::not_offered);
    return failure(errc::not_found, "this node does not offer the service");
  }
  if (head.one_of_many && !take_broadcast(from)) {
    with_.counts.refused(refusal::broadcast);
    return failure(errc::overloaded, "broadcasts_per_peer: no more than " +
                                         to_string(with_.options.broadcasts_per_peer) +
                                         " from one peer");
  }
  return {};
}

inline peer* server::sender_of(const arrival& message) {
  return message.on == local_link ? &with_.peers.self() : with_.peers.find(message.from.ref);
}

// Before anything is remembered or looked up for the sender: also for what came before.
status server::ask_policy(const arrival& message, const envelope& head, const peer& from,
                          access_verb verb) {
  const service* const what = with_.services.find_hash(head.service);
  if (what == nullptr) return {};  // nobody here offers or calls it: admit() says so
  return with_.guard.check(from, message.from.identity, verb, *what, gate_path::message);
}

[[gnu::always_inline]] inline result<offer*> server::admit(const arrival& message,
                                                           const envelope& head, peer& from) {
  const service* const what = with_.services.find_hash(head.service);
  offer* const found = what == nullptr ? nullptr : offers_.find(what->offer);
  MW_CHECK(check_receiver(head, found, from));
  if (message.head.kind == message_kind::request) MW_CHECK(admit_request(head, *found, from));
  return found;
}

status server::admit_request(const envelope& head, const offer& to, const peer& from) {
  if (to.waiting >= to.options.waiting_max) {
    with_.counts.refused(refusal::waiting_full);
    return failure(errc::overloaded, "waiting_max: " + std::to_string(to.waiting) +
                                         " requests to " + to.what->name + " wait for an answer");
  }
  if (!from.self && from.waiting >= with_.options.waiting_per_peer_max) {
    with_.counts.refused(refusal::peer_full);
    return failure(errc::overloaded, "waiting_per_peer_max: " + std::to_string(from.waiting) +
                                         " requests of this node wait for an answer");
  }
  if (head.streams && !to.options.streams)
    return failure(errc::unsupported, "the service " + to.what->name + " takes no items");
  return {};
}

seen server::judge(const envelope& head, const peer& from) {
  const seen what =
      seen_.take({from.key, head.delivery.producer}, head.delivery.epoch, head.delivery.sequence);
  with_.counts.producers.set(static_cast<double>(seen_.producers()));
  if (what == seen::duplicate) with_.counts.dedup_hits.add();
  if (what == seen::fenced) with_.counts.refused(refusal::fenced);
  if (what == seen::out_of_window) with_.counts.refused(refusal::out_of_window);
  return what;
}

bool server::answered_before(const arrival& message, const envelope& head, bytes_view body,
                             const peer& from) {
  const once_key key{from.key, head.delivery.producer, head.delivery.sequence};
  kept_reply* const before = kept_.find(key);
  if (before == nullptr) {
    const auto what =
        seen_.look({from.key, head.delivery.producer}, head.delivery.epoch, head.delivery.sequence);
    if (what == seen::fresh) return false;
    (void)judge(head, from);
    turn_away(message, {errc::timed_out,
                        "window_exceeded: the request may have been processed, its reply is no "
                        "longer kept"});
    return true;
  }
  with_.counts.dedup_hits.add();
  if (before->request != hash_text(as_text(body))) {
    turn_away(message, {errc::invalid, "another request came under this delivery id before"});
    return true;
  }
  if (exchange* const x = open_.find(before->exchange)) {
    // Still being worked on: the answer goes to where it was asked for last.
    if (x->place.listed) by_caller_.erase({x->place.on, x->caller_id});
    lists_.remove(*x);
    x->caller_id = message.head.id;
    x->items_out = 0;
    lists_.add(*x, message.on);
    by_caller_.set({message.on, message.head.id}, slot_table<exchange>::index_of(x->id));
    return true;
  }
  with_.counts.replies_replayed.add();
  with_.small.clear();
  with_.small.append(before->bytes);
  const message_kind kind = before->refusal ? message_kind::refusal : message_kind::reply;
  message_out* out = &with_.small;
  if (head.sealed) {
    // It was opened, so the service is known.
    const service& what = *with_.services.find_hash(head.service);
    const seal_mode mode = std::max(what.seal, seal_mode::sealed);
    if (before->refusal)
      out = &with_.seal->seal_refusal(from, what.name, mode, message.head.id, with_.small);
    else if (auto sealed = with_.seal->seal(from, what.name, mode,
                                            {kind, message.head.id, 0, nullptr}, with_.small))
      out = *sealed;
    else
      return true;  // the caller asks again
  }
  (void)with_.mail.reply(message.on, {kind, message.head.priority, message.head.id, {}}, *out);
  return true;
}

void server::turn_away(const arrival& message, const failure& why) {
  with_.small.clear();
  write_refusal(with_.small, why);
  // Lost is fine: the caller has a deadline.
  (void)with_.mail.reply(
      message.on, {message_kind::refusal, message.head.priority, message.head.id, {}}, with_.small);
}

void server::on_request(const arrival& message) {
  envelope head;
  bytes_view body;
  if (const status read = read_envelope(message.body.bytes, head, body); !read) {
    with_.counts.refused(refusal::malformed);
    return turn_away(message, read.error());
  }
  peer* const from = sender_of(message);
  if (from == nullptr)
    return turn_away(message, {errc::overloaded, "too many peers: this one is not known"});
  if (const status may = authorize(message, head, *from, access_verb::call); !may)
    return turn_away(message, may.error());
  if (by_caller_.find({message.on, message.head.id}))
    return turn_away(message, {errc::invalid, "a request of this id is open on this link"});
  if (const status can = unseal(message, head, *from, body); !can)
    return turn_away(message, can.error());
  if (head.guarantee == guarantee::exactly_once && answered_before(message, head, body, *from))
    return;
  const result<offer*> to = admit(message, head, *from);
  if (!to) return turn_away(message, to.error());
  open(**to, message, head, body, *from);
}

status server::open_sealed(const arrival& message, const envelope& head, const peer& from,
                           bytes_view& body) {
  const service* const what = with_.services.find_hash(head.service);
  if (what == nullptr || from.self) return {};  // nobody here will see it
  if (!head.sealed) {
    if (what->seal == seal_mode::none) return {};
    with_.counts.refused(refusal::unsealed);
    return failure(errc::denied, "the service " + what->name +
                                     " takes sealed messages only: let the caller's routing have "
                                     "a `seal` rule for it");
  }
  if (with_.seal == nullptr)
    return failure(errc::unsupported, "the message is sealed, and this node has no sealer");
  MW_TRY(body, with_.seal->open(
                   from, what->name, what->seal,
                   {message.head.kind,
                    message.head.kind == message_kind::request ? message.head.id : 0, 0, &head},
                   body));
  return {};
}

void server::open(offer& to, const arrival& message, const envelope& head, bytes_view body,
                  peer& from) {
  exchange* const x = open_.open();
  if (x == nullptr) return turn_away(message, {errc::overloaded, "too many requests are open"});
  if (head.guarantee == guarantee::exactly_once && judge(head, from) == seen::fresh) {
    const once_key key{from.key, head.delivery.producer, head.delivery.sequence};
    if (const kept_reply* const place = kept_.open(key, hash_text(as_text(body)), x->id))
      x->kept = place->id;
  }
  const std::uint64_t id = x->id;
  const duration left = std::min(left_from_wire(head.left_us), with_.options.deadline_max);
  x->caller_id = message.head.id;
  x->offer = to.id;
  x->what = to.what;
  x->peer = from.index;
  x->priority = message.head.priority;
  x->streams = head.streams;
  x->hops = head.hops;
  if (head.sealed && !from.self) x->seal = std::max(to.what->seal, seal_mode::sealed);
  x->deadline = with_.node.now() + left;
  x->place.on = message.on;
  // One whose reply is kept and that is on no list counts as one whose caller has lost its link.
  const bool kept = x->kept != 0;
  if (kept) enlist(*x);
  ++to.waiting;
  ++from.waiting;
  with_.counts.waiting.set(open_.size());
  run(to,
      {incoming::kind::request,
       from.view.id,
       from.view.identity,
       {body, head.sealed ? nullptr : message.body.owner},
       {x->id},
       left,
       x->priority,
       message.hold},
      {true, head.hops, x->deadline});
  // Most requests are answered by now; only the others have to be found later.
  if (!kept && open_.find(id) == x) enlist(*x);
}

void server::enlist(exchange& x) {
  const std::uint32_t index = slot_table<exchange>::index_of(x.id);
  lists_.add(x, link_ref(x.place.on));
  by_caller_.set({x.place.on, x.caller_id}, index);
  deadlines_.add(index, x.deadline);
}

void server::on_more(const arrival& message) {
  const auto index = by_caller_.find({message.on, message.head.id});
  if (!index) return with_.counts.late.add();
  exchange& x = open_.at(*index);
  if (message.head.kind == message_kind::cancel) return drop(x);
  if (!x.streams)
    return refuse({x.id}, {errc::invalid, "an item after the last one, or for a service without"});
  offer* const to = offers_.find(x.offer);
  if (to == nullptr) return;
  if (const status may = with_.guard.check(with_.peers.at(x.peer), message.from.identity,
                                           access_verb::call, *to->what, gate_path::item);
      !may) {
    turn_away(message, may.error());
    return drop(x);
  }
  const bool ends = message.head.kind == message_kind::request_end;
  payload body = message.body;
  if (x.seal != seal_mode::none) {
    if (!ends) ++x.items_in;
    const auto opened =
        with_.seal->open(with_.peers.at(x.peer), to->what->name, to->what->seal,
                         {message.head.kind, x.caller_id, x.items_in, nullptr}, body.bytes);
    if (!opened) return refuse({x.id}, opened.error());
    body = {*opened, nullptr};
  }
  if (ends) x.streams = false;
  const peer_view& view = with_.peers.at(x.peer).view;
  run(*to,
      {ends ? incoming::kind::end : incoming::kind::item,
       view.id,
       view.identity,
       body,
       {x.id},
       x.deadline - with_.node.now(),
       x.priority,
       message.hold},
      {true, x.hops, x.deadline});
}

void server::on_one_way(const arrival& message) {
  envelope head;
  bytes_view body;
  if (!read_envelope(message.body.bytes, head, body))
    return with_.counts.refused(refusal::malformed);
  peer* const from = sender_of(message);
  if (from == nullptr) return;
  const auto report = [&](std::uint8_t verdict) {
    if (head.guarantee != guarantee::at_most_once)
      receipts_.add(*from, {head.delivery, verdict}, head.sealed && !from->self);
  };
  if (MW_PLANTED(ack_before_effect)) report(0);
  if (const status may = authorize(message, head, *from, access_verb::send); !may)
    return report(may.error().code());
  if (const status can = unseal(message, head, *from, body); !can)
    return report(can.error().code());
  const result<offer*> to = admit(message, head, *from);
  if (!to) return report(to.error().code());
  if (head.guarantee == guarantee::exactly_once) {
    const seen what = judge(head, *from);
    if (what == seen::duplicate) return report(0);
    if (what != seen::fresh) return report(static_cast<std::uint8_t>(errc::denied));
  }
  const duration left = std::min(left_from_wire(head.left_us), with_.options.deadline_max);
  run(**to,
      {incoming::kind::request,
       from->view.id,
       from->view.identity,
       {body, head.sealed ? nullptr : message.body.owner},
       {},
       left,
       message.head.priority,
       message.hold},
      {true, head.hops, with_.node.now() + left});
  if (head.guarantee != guarantee::at_most_once) report(0);
}

}  // namespace mw::routing

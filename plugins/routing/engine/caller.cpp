// caller: opening and ending calls; callbacks run when the call they belong to is closed already.
// SPDX-License-Identifier: Apache-2.0
#include "engine/caller.h"

#include <mw/planted.h>

#include <algorithm>
#include <array>

namespace mw::routing {
namespace {

call_end end_of(outcome how) {
  switch (how) {
    case outcome::ok:
    case outcome::refused:
      return call_end::ok;
    case outcome::overloaded:
      return call_end::overloaded;
    case outcome::timed_out:
      return call_end::timed_out;
    case outcome::disconnected:
      return call_end::disconnected;
    case outcome::cancelled:
      return call_end::cancelled;
  }
  return call_end::server_error;
}

}  // namespace

failure caller::refuse(const question& q, const message_out& body) {
  if (q.what == nullptr) return {errc::invalid, "the route names no service: take one from open()"};
  if (body.overflowed())
    return {errc::invalid, "the message for " + q.what->name + " is larger than " +
                               std::to_string(body.limit()) + " bytes"};
  if (q.hops > envelope::hops_max) {
    with_.counts.refused(refusal::hops);
    return {errc::invalid, "the call to " + q.what->name +
                               " is the 18th of a chain of calls: 17 are allowed; look for "
                               "services that call each other in a circle"};
  }
  return {errc::timed_out, "no time is left for the call to " + q.what->name};
}

result<call_ref> caller::ask_one(const question& q, const route& where, message_out& body,
                                 function<void(const answer&)> on_answer) {
  with_.services.refresh(*q.what);
  std::array<candidate_key, 3> avoid{};
  std::optional<failure> first;
  for (std::uint32_t attempt = 0; attempt < avoid.size(); ++attempt) {
    const auto key =
        q.what->choice->pick({q.now, where.hash, attempt, std::span(avoid).first(attempt)});
    if (!key) break;
    peer* const to = with_.peers.find_key(*key);
    result<call_ref> asked = to == nullptr ? failure(errc::not_found, "the peer has just gone")
                                           : ask(q, *to, body, on_answer);
    if (asked) {
      leg& l = *legs_.find(asked->id);
      l.picked = *key;
      if (l.again != nullptr) l.again->any = q.guarantee == guarantee::at_least_once;
      return asked;
    }
    q.what->choice->finished({*key, call_end::overloaded, {}, q.now});
    if (asked.error().kind() == errc::invalid) return asked;
    if (!first) first = std::move(asked).error();
    avoid[attempt] = *key;
  }
  if (first) return *std::move(first);
  with_.counts.refused(refusal::not_offered);
  return failure(errc::not_found, "no node that is up offers the service " + q.what->name);
}

result<call_ref> caller::ask(const question& q, peer& to, message_out& body,
                             function<void(const answer&)>& on_answer) {
  leg* const l = legs_.open();
  if (l == nullptr) {
    with_.counts.refused(refusal::calls_full);
    return failure(errc::overloaded,
                   "calls_max: " + std::to_string(legs_.limit()) + " calls wait for answers");
  }
  l->what = q.what;
  l->peer = to.index;
  l->priority = q.priority;
  if (q.guarantee != guarantee::at_most_once)
    if (status made = make_repeatable(*l, q, body); !made) {
      legs_.close(*l);
      return std::move(made).error();
    }
  auto sent = post(*l, q, body);
  if (!sent) {
    if (l->again != nullptr) to.numbers.close(l->again->delivery.sequence);
    legs_.close(*l);
    return std::move(sent).error();
  }
  l->streams = q.streams;
  l->started = q.now;
  l->deadline = q.deadline;
  l->on_answer = std::move(on_answer);
  if (sent->generation != 0) lists_.add(*l, *sent);
  deadlines_.add(slot_table<leg>::index_of(l->id), q.deadline);
  with_.counts.calls_open.set(legs_.size());
  return call_ref{l->id};
}

result<link_ref> caller::post(leg& l, const question& q, message_out& body) {
  const peer& to = with_.peers.at(l.peer);
  l.items_out = l.items_in = 0;
  const bool plain = q.what->seal == seal_mode::none && l.again == nullptr && !q.streams &&
                     !q.one_of_many && q.group == 0 && q.guarantee == guarantee::at_most_once;
  const duration left = q.deadline - with_.node.now();
  const message_head above{message_kind::request, q.priority, l.id, q.deadline};
  if (plain) [[likely]] {
    const std::size_t front = push_plain_envelope(body, q.what->hash, left, q.hops);
    auto sent = with_.mail.send(to, above, body);
    body.drop_front(front);
    return sent;
  }
  envelope head{.service = q.what->hash,
                .left_us = left_to_wire(left),
                .hops = q.hops,
                .streams = q.streams,
                .one_of_many = q.one_of_many,
                .guarantee = q.guarantee,
                .group = q.group};
  if (l.again != nullptr) {
    head.delivery = l.again->delivery;
    l.again->life = to.view.life;
  }
  message_out* out = &body;
  if (q.what->seal != seal_mode::none && !to.self) {
    head.sealed = true;
    MW_TRY(out, with_.seal->seal(to, q.what->name, q.what->seal,
                                 {message_kind::request, l.id, 0, &head}, body));
  }
  const std::size_t front = push_envelope(*out, head);
  auto sent = with_.mail.send(to, above, *out);
  out->drop_front(front);
  return sent;
}

status caller::push(call_ref call, message_out& item, bool last, function<void()> room) {
  leg* const l = legs_.find(call.id);
  if (l == nullptr) return failure(errc::not_found, "the call has ended");
  if (!l->streams)
    return failure(errc::invalid, "the call to " + l->what->name +
                                      " sends no items: set route::streams, and push() nothing "
                                      "after the last one");
  if (item.overflowed()) return failure(errc::invalid, "the item is larger than its limit");
  result<link_ref> sent = failure(errc::overloaded, "the call has no connection yet");
  const peer& to = with_.peers.at(l->peer);
  const message_head head{message_kind::request_item, l->priority, l->id, l->deadline};
  const bool seals = l->what->seal != seal_mode::none && !to.self;
  message_out* out = &item;
  if (seals && l->place.listed) {
    MW_TRY(out, with_.seal->seal(to, l->what->name, l->what->seal,
                                 {head.kind, l->id, l->items_out + 1, nullptr}, item));
  }
  if (l->place.listed) sent = with_.mail.send(to, head, *out, l->place.on);
  if (!sent) {
    if (sent.error().kind() == errc::overloaded) {
      l->room = std::move(room);
      l->wants_room = true;
    }
    return std::move(sent).error();
  }
  ++l->items_out;
  if (!last) return {};
  l->streams = false;
  with_.small.clear();
  out = &with_.small;
  if (seals) {
    MW_TRY(out, with_.seal->seal(to, l->what->name, l->what->seal,
                                 {message_kind::request_end, l->id, l->items_out, nullptr}, *out));
  }
  auto ended = with_.mail.send(to, {message_kind::request_end, l->priority, l->id, l->deadline},
                               *out, l->place.on);
  return ended ? status{} : status(std::move(ended).error());
}

void caller::tell_cancelled(const leg& l) {
  if (!l.place.listed) return;  // told when it gets a link, see on_placed()
  with_.small.clear();
  // When even this cannot be sent, the callee's own deadline ends the exchange.
  (void)with_.mail.send(with_.peers.at(l.peer), {message_kind::cancel, l.priority, l.id, {}},
                        with_.small, l.place.on);
}

void caller::cancel(call_ref call, outcome how) {
  leg* const l = legs_.find(call.id);
  if (l == nullptr || l->abandoned) return;
  if (!l->place.listed) {
    l->abandoned = true;
    l->on_answer = nullptr;
    return;
  }
  tell_cancelled(*l);
  close(*l, how, with_.node.now() - l->started);
}

void caller::consumed(call_ref call, std::size_t bytes) {
  const leg* const l = legs_.find(call.id);
  if (l != nullptr && l->place.listed)
    with_.mail.consumed(l->place.on, message_kind::reply_item, l->id, bytes);
}

bool caller::opened(leg& l, arrival& message) {
  const bool item = message.head.kind == message_kind::reply_item;
  if (item) ++l.items_in;
  const auto body =
      with_.seal->open(with_.peers.at(l.peer), l.what->name, l.what->seal,
                       {message.head.kind, l.id, l.items_in, nullptr}, message.body.bytes);
  if (body) return message.body = {*body, nullptr}, true;
  if (item) tell_cancelled(l);
  return fail(l, body.error().in("the reply")), false;
}

void caller::on_answer(const arrival& came) {
  leg* const l = legs_.find(came.head.id);
  // Of a call that has ended, or from somebody who was not asked.
  if (l == nullptr || !l->place.listed || l->place.on != came.on) return with_.counts.late.add();
  const peer& by = with_.peers.at(l->peer);
  const bool seals = l->what->seal != seal_mode::none && !by.self;
  if (seals && came.head.kind != message_kind::refusal) {
    arrival message = came;
    if (opened(*l, message)) deliver(*l, message);
    return;
  }
  if (came.head.kind != message_kind::refusal) return deliver(*l, came);
  const failure why =
      seals ? with_.seal->open_refusal(by, l->what->name, l->what->seal, l->id, came.body.bytes)
            : read_refusal(came.body.bytes);
  if (why.kind() != errc::overloaded || !try_later(*l)) fail(*l, why);
}

void caller::deliver(leg& l, const arrival& message) {
  if (message.head.kind == message_kind::reply_item) return tell_item(l, message);
  const std::uint32_t from = l.peer;
  const function<void(const answer&)> tell = std::move(l.on_answer);
  close(l, outcome::ok, with_.node.now() - l.started);
  bool hold = false;
  tell({answer::kind::reply,
        with_.peers.at(from).view.id,
        message.body,
        nullptr,
        {1, 1, 0},
        true,
        hold});
}

// The callback is taken out while it runs: it may end its own call.
void caller::tell_item(leg& l, const arrival& message) {
  const std::uint64_t id = l.id;
  function<void(const answer&)> tell = std::move(l.on_answer);
  tell({answer::kind::item,
        with_.peers.at(l.peer).view.id,
        message.body,
        nullptr,
        {1, 0, 0},
        false,
        message.hold});
  if (leg* const still = legs_.find(id)) still->on_answer = std::move(tell);
}

void caller::fail(leg& l, const failure& why) {
  const std::uint32_t from = l.peer;
  const function<void(const answer&)> tell = std::move(l.on_answer);
  close(l, outcome_of(why.kind()), with_.node.now() - l.started);
  bool hold = false;
  if (!tell) return;  // abandoned
  tell({answer::kind::refusal, with_.peers.at(from).view.id, {}, &why, {1, 0, 1}, true, hold});
}

void caller::close(leg& l, outcome how, duration took) {
  lists_.remove(l);
  deadlines_.remove(slot_table<leg>::index_of(l.id));
  if (l.again != nullptr) with_.peers.at(l.peer).numbers.close(l.again->delivery.sequence);
  l.what->metrics.duration[static_cast<std::size_t>(how)]->record(took);
  if (l.picked != 0) l.what->choice->finished({l.picked, end_of(how), took, with_.node.now()});
  if (MW_PLANTED(cancel_leaks_slot) && how == outcome::cancelled) return;
  legs_.close(l);
  with_.counts.calls_open.set(legs_.size());
}

void caller::on_link_closed(link_ref closed, const failure& why) {
  const failure lost(errc::disconnected,
                     "the connection closed before the answer (the request may "
                     "have been processed): " +
                         why.text());
  while (leg* const l = lists_.first(closed))
    if (!try_later(*l)) fail(*l, lost);
}

void caller::on_gone(std::uint32_t peer) {
  const failure gone(errc::disconnected, "the peer has left");
  legs_.each([&](leg& l) {
    if (l.peer == peer) fail(l, gone);
  });
}

void caller::on_placed(const message_head& head, const result<link_ref>& where) {
  leg* const l = legs_.find(head.id);
  if (l == nullptr || l->place.listed) return;
  if (!where) return fail(*l, where.error());
  lists_.add(*l, *where);
  if (std::exchange(l->abandoned, false)) return cancel({l->id});
  if (std::exchange(l->wants_room, false) && l->room) std::exchange(l->room, {})();
}

void caller::on_room(std::uint32_t peer) {
  legs_.each([&](leg& l) {
    if (l.peer != peer || !std::exchange(l.wants_room, false) || !l.room) return;
    const function<void()> tell = std::exchange(l.room, {});
    tell();
  });
}

void caller::expire(time_point now) {
  while (const auto index = deadlines_.pop_due(now)) {
    leg& l = legs_.at(*index);
    if (now < l.deadline) {
      ask_again(l);
      continue;
    }
    if (MW_PLANTED(deadline_ignored)) continue;
    tell_cancelled(l);
    fail(l, failure(errc::timed_out, "no answer within " + to_string(l.deadline - l.started) +
                                         " from " + with_.peers.at(l.peer).view.id));
  }
}

}  // namespace mw::routing

// server: offers, and answers to what waits; server_arrivals.cpp is how requests come in.
// SPDX-License-Identifier: Apache-2.0
#include "engine/server.h"

#include <mw/planted.h>

#include <algorithm>

namespace mw::routing {

server::server(shared& with, receipts& sent_back)
    : with_(with),
      receipts_(sent_back),
      offers_(with.options.services_max),
      open_(slot_table<exchange>::index_limit),
      lists_(open_, with.seed),
      by_caller_(with.seed),
      seen_(with.options.producers_max, with.seed),
      kept_(slot_table<exchange>::index_limit, with.options.cached_replies_max,
            static_cast<std::size_t>(with.options.cached_bytes.count), with.seed) {}

result<std::uint64_t> server::serve(std::string_view name, const serve_options& options,
                                    function<void(const incoming&)> handler) {
  MW_TRY(service* const what, with_.services.open(name));
  if (what->offer != 0)
    return failure(errc::invalid, "the service " + what->name + " is offered on this node already");
  offer* const made = offers_.open();
  if (made == nullptr)
    return failure(errc::overloaded, "services_max: " + std::to_string(offers_.limit()) +
                                         " services are offered already");
  made->what = what;
  made->options = options;
  if (made->options.waiting_max == 0) made->options.waiting_max = with_.options.waiting_max;
  made->handler = std::move(handler);
  what->offer = made->id;
  peer_book::change(with_.peers.self().services, what->name, true);
  with_.peers.changed();
  return made->id;
}

void server::withdraw(std::uint64_t offer_id) {
  offer* const gone = offers_.find(offer_id);
  if (gone == nullptr) return;
  gone->withdrawn = true;
  gone->what->offer = 0;
  peer_book::change(with_.peers.self().services, gone->what->name, false);
  with_.peers.changed();
  const failure why(errc::not_found, "the service " + gone->what->name + " was withdrawn");
  open_.each([&](exchange& x) {
    if (x.offer == offer_id) refuse({x.id}, why);
  });
  if (gone->running == 0) offers_.close(*gone);
}

status server::answer(reply_ref to, message_out& body, bool last, function<void()> room) {
  if (to.id == 0) return {};
  exchange* const x = open_.find(to.id);
  if (x == nullptr || x->unsent) return failure(errc::not_found, "the exchange has ended");
  if (body.overflowed()) return failure(errc::invalid, "the answer is larger than its limit");
  const message_kind kind = last ? message_kind::reply : message_kind::reply_item;
  if (x->kept != 0 && last) keep(*x, false, body);
  if (x->kept != 0 && !x->place.listed) {
    if (last) end(*x);  // the caller will ask again, or has gone
    return {};
  }
  message_out* out = &body;
  if (x->seal != seal_mode::none) {
    MW_TRY(out,
           with_.seal->seal(with_.peers.at(x->peer), x->what->name, x->seal,
                            {kind, x->caller_id, x->items_out + (last ? 0 : 1), nullptr}, body));
  }
  const status sent =
      with_.mail.reply(x->place.on, {kind, x->priority, x->caller_id, x->deadline}, *out);
  if (sent && !last) ++x->items_out;
  if (!sent) {
    if (sent.error().kind() == errc::overloaded) {
      x->room = std::move(room);
      x->wants_room = true;
      return sent;
    }
    if (x->kept == 0) return sent;  // else the caller asks again
  }
  if (last) end(*x);
  return {};
}

void server::refuse(reply_ref to, const failure& why) {
  exchange* const x = open_.find(to.id);
  if (x == nullptr || x->unsent) return;
  with_.small.clear();
  write_refusal(with_.small, why);
  if (x->kept != 0) keep(*x, true, with_.small);
  if (x->kept != 0 && !x->place.listed) return end(*x);
  message_out& out = x->seal == seal_mode::none
                         ? with_.small
                         : with_.seal->seal_refusal(with_.peers.at(x->peer), x->what->name, x->seal,
                                                    x->caller_id, with_.small);
  const status sent = with_.mail.reply(
      x->place.on, {message_kind::refusal, x->priority, x->caller_id, x->deadline}, out);
  if (!sent && sent.error().kind() == errc::overloaded)
    x->unsent = why;
  else
    end(*x);
}

void server::consumed(reply_ref of, std::size_t bytes) {
  const exchange* const x = open_.find(of.id);
  if (x != nullptr && x->place.listed)
    with_.mail.consumed(x->place.on, message_kind::request_item, x->caller_id, bytes);
}

void server::on_room(std::uint32_t peer) {
  open_.each([&](exchange& x) {
    if (x.peer != peer) return;
    if (x.unsent) {
      const failure why = *std::exchange(x.unsent, std::nullopt);
      refuse({x.id}, why);
    } else if (std::exchange(x.wants_room, false) && x.room) {
      const function<void()> tell = std::exchange(x.room, {});
      tell();
    }
  });
}

void server::keep(const exchange& x, bool refused, const message_out& body) {
  kept_reply* const place = kept_.find_id(x.kept);
  if (place == nullptr || place->exchange == 0) return;
  std::vector<std::byte> bytes;
  flatten(body, bytes);
  kept_.answered(*place, refused, std::move(bytes));
}

void server::end(exchange& x) {
  // Most were never enlisted; some have lost their link and still have a deadline.
  if (x.place.listed) by_caller_.erase({x.place.on, x.caller_id});
  lists_.remove(x);
  deadlines_.remove(slot_table<exchange>::index_of(x.id));
  if (kept_reply* const open = kept_.find_id(x.kept); open != nullptr && open->exchange != 0)
    kept_.forget(*open);
  if (offer* const o = offers_.find(x.offer)) --o->waiting;
  --with_.peers.at(x.peer).waiting;
  open_.close(x);
  with_.counts.waiting.set(open_.size());
}

void server::drop(exchange& x) {
  offer* const o = offers_.find(x.offer);
  const std::uint64_t id = x.id;
  const std::uint32_t from = x.peer;
  end(x);
  if (o == nullptr || o->withdrawn) return;
  bool hold = false;
  const peer_view& view = with_.peers.at(from).view;
  run(*o, {incoming::kind::cancelled, view.id, view.identity, {}, {id}, {}, priority::normal, hold},
      {});
}

void server::on_link_closed(link_ref closed) {
  while (exchange* const x = lists_.first(closed)) {
    if (x->kept == 0) {
      drop(*x);
      continue;
    }
    // The caller asks again over another link, and gets the answer there.
    by_caller_.erase({x->place.on, x->caller_id});
    lists_.remove(*x);
  }
}

void server::on_gone(std::uint32_t peer) {
  open_.each([&](exchange& x) {
    if (x.peer == peer) drop(x);
  });
}

void server::expire(time_point now) {
  while (const auto index = deadlines_.pop_due(now)) {
    if (MW_PLANTED(deadline_ignored)) continue;
    exchange& x = open_.at(*index);
    with_.counts.refused(refusal::expired);
    with_.small.clear();
    write_refusal(with_.small, failure(errc::timed_out, "the service gave no answer in time"));
    // Lost is fine: the caller has its own deadline.
    if (x.place.listed)
      (void)with_.mail.reply(x.place.on, {message_kind::refusal, x.priority, x.caller_id, {}},
                             with_.small);
    drop(x);
  }
}

}  // namespace mw::routing

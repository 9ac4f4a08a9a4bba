// courier: numbers belong to a receiver; a parcel that changes its receiver gets a new number.
// SPDX-License-Identifier: Apache-2.0
#include "delivery/courier.h"

#include <mw/planted.h>

#include <algorithm>

namespace mw::routing {

void parcel::clear() {
  const std::uint64_t same = id;
  std::vector<std::byte> kept = std::move(body);
  *this = parcel();
  id = same;
  if (kept.capacity() > kept_max) return;
  kept.clear();
  body = std::move(kept);
}

courier::courier(shared& with, function<void(std::uint64_t, status)> settled)
    : with_(with),
      settled_(std::move(settled)),
      parcels_(with.options.outbox_max),
      by_number_(with.seed),
      dead_(with.options.dead_letters_max,
            static_cast<std::size_t>(with.options.outbox_bytes.count)) {}

status courier::post(const question& q, const peer* to, std::string_view group,
                     const message_out& body, std::uint64_t batch) {
  parcel* const p =
      bytes_ + body.size() > with_.options.outbox_bytes.count ? nullptr : parcels_.open();
  if (p == nullptr) {
    with_.counts.refused(refusal::outbox_full);
    return failure(errc::overloaded,
                   "outbox_max, outbox_bytes: " + std::to_string(parcels_.size()) +
                       " messages of " + std::to_string(bytes_) +
                       " bytes wait for their acknowledgement");
  }
  p->batch = batch;
  p->what = q;
  p->any = to == nullptr;
  if (to != nullptr) p->to = to->view.id;
  p->group = group;
  p->posted = with_.node.now();
  flatten(body, p->body);
  bytes_ += p->body.size();
  with_.counts.pending.set(parcels_.size());
  attempt(*p);
  return {};
}

duration courier::backoff(std::uint32_t attempts) {
  const std::vector<duration>& list = with_.options.redeliver_after;
  const duration base = list[std::min<std::size_t>(std::max(attempts, 1u) - 1, list.size() - 1)];
  const double spread = 0.75 + 0.5 * with_.node.random("backoff").unit();
  return duration(static_cast<std::int64_t>(static_cast<double>(base.count()) * spread));
}

void courier::schedule(parcel& p, duration delay) {
  const std::uint32_t index = slot_table<parcel>::index_of(p.id);
  due_.remove(index);
  due_.add(index, std::min(with_.node.now() + delay, p.what.deadline));
}

void courier::assign(parcel& p, peer* to) {
  if (p.peer != parcel::nobody) {
    with_.peers.at(p.peer).numbers.close(p.delivery.sequence);
    by_number_.erase({p.peer, p.delivery.sequence});
    p.peer = parcel::nobody;
  }
  p.life = 0;
  if (to == nullptr) return;
  const auto number = to->numbers.open();
  if (!number) return;  // the window is full of older ones: later
  p.peer = to->index;
  p.delivery = {with_.life, 1, *number, 0};
  by_number_.set({p.peer, *number}, slot_table<parcel>::index_of(p.id));
}

// Who gets the next attempt; null: nobody now.
peer* courier::receiver_of(parcel& p) {
  peer* now = p.peer == parcel::nobody ? nullptr : &with_.peers.at(p.peer);
  if (now != nullptr && now->up()) return now;
  // Exactly once: only where it may have been seen, if anywhere.
  if (now != nullptr && p.what.guarantee == guarantee::exactly_once && p.life != 0) return nullptr;
  peer* next = nullptr;
  if (!p.any) {
    next = with_.peers.find_id(p.to);
    if (next != nullptr && !with_.guard.may_offer(*next, *p.what.what)) next = nullptr;
  } else {
    with_.services.refresh(*p.what.what);
    picker& choice = *p.what.what->choice;
    const time_point at = with_.node.now();
    auto key = choice.pick({at, p.what.affinity, p.attempts, {&p.avoid, 1}});
    if (!key && p.avoid != 0) key = choice.pick({at, p.what.affinity, p.attempts, {}});
    if (key) choice.finished({*key, call_end::ok, {}, at});
    next = key ? with_.peers.find_key(*key) : nullptr;
  }
  if (next == nullptr || !next->up()) return nullptr;
  if (next != now) assign(p, next);
  return p.peer == parcel::nobody ? nullptr : next;
}

void courier::attempt(parcel& p) {
  if (p.attempts != 0)  // the first was authorized by send()
    if (const status may = with_.guard.check_own(access_verb::send, *p.what.what); !may)
      return bury(p, may.error());
  schedule(p, backoff(p.attempts + 1));
  peer* const to = receiver_of(p);
  if (to == nullptr) return;
  if (MW_PLANTED(number_per_attempt)) assign(p, to);
  p.delivery.attempt = static_cast<std::uint8_t>(p.attempts + 1);
  again_.clear();
  again_.append(p.body);
  const service& what = *p.what.what;
  const envelope head{.service = what.hash,
                      .left_us = left_to_wire(p.what.deadline - with_.node.now()),
                      .hops = p.what.hops,
                      .sealed = what.seal != seal_mode::none && !to->self,
                      .one_of_many = p.what.one_of_many,
                      .guarantee = p.what.guarantee,
                      .group = p.what.group,
                      .delivery = p.delivery};
  message_out* out = &again_;
  if (head.sealed) {
    const auto sealed =
        with_.seal->seal(*to, what.name, what.seal, {message_kind::one_way, 0, 0, &head}, again_);
    if (!sealed) return;  // no key yet: as without room
    out = *sealed;
  }
  push_envelope(*out, head);
  // An attempt that waits in a queue may arrive together with the next one: not after it.
  const auto sent =
      with_.mail.send(*to, {message_kind::one_way, p.what.priority, 0, p.what.deadline}, *out);
  if (!sent) return;  // no room: the next attempt comes anyhow
  if (p.attempts++ != 0) with_.counts.redelivered.add();
  p.life = to->self ? with_.life : to->view.life;
}

void courier::turn(time_point now) {
  while (const auto index = due_.pop_due(now)) {
    parcel& p = parcels_.at(*index);
    if (p.what.deadline <= now)
      bury(p, failure(errc::timed_out, "not acknowledged within " +
                                           to_string(p.what.deadline - p.posted) + ", after " +
                                           std::to_string(p.attempts) + " attempts"));
    else if (p.attempts >= with_.options.attempts_max)
      bury(p, failure(errc::timed_out, "attempts_max: not acknowledged after " +
                                           std::to_string(p.attempts) + " attempts"));
    else
      attempt(p);
  }
}

void courier::on_receipts(peer& from, bytes_view message, bool sealed) {
  if (!read_receipts(message, receipts_)) return with_.counts.refused(refusal::malformed);
  for (const receipt& r : receipts_) on_receipt(from, r, sealed);
}

void courier::on_receipt(peer& from, const receipt& r, bool sealed) {
  const auto index = by_number_.find({from.index, r.of.sequence});
  if (!index || r.of.producer != with_.life) return;  // settled already, or of another receiver
  parcel& p = parcels_.at(*index);
  if (r.verdict == 0) {
    if (p.what.what->seal != seal_mode::none && !sealed && !from.self)
      return with_.counts.refused(refusal::unsealed);
    with_.counts.acked.add();
    with_.counts.ack_latency.record(with_.node.now() - p.posted);
    const std::uint64_t batch = p.batch;
    close(p);
    return settled_(batch, {});
  }
  // A refusal of an earlier attempt says nothing about the present one.
  if (r.of.attempt != p.delivery.attempt) return;
  on_refusal(p, failure::from_wire(r.verdict, {}).kind());
}

void courier::on_refusal(parcel& p, errc why) {
  switch (why) {
    case errc::overloaded:
    case errc::timed_out:
    case errc::disconnected:
      return;  // the next attempt comes
    case errc::not_found:
      // The first attempt was refused, so nobody has seen it: another one may get it.
      if (p.any && (p.attempts == 1 || p.what.guarantee == guarantee::at_least_once)) {
        p.avoid = with_.peers.at(p.peer).key;
        assign(p, nullptr);
      }
      return;
    case errc::denied:
      return bury(p, failure(errc::denied,
                             "denied by the receiver: its policy does not allow it (its log says "
                             "why), or window_exceeded: it no longer remembers whether it has seen "
                             "this message"));
    default:
      return bury(p, failure(why, "the receiver refused it"));
  }
}

void courier::on_up(peer& up, bool new_life) {
  const failure restarted(errc::disconnected,
                          "the receiver restarted and no longer knows what it has seen: whether "
                          "the message was processed is unknown");
  parcels_.each([&](parcel& p) {
    if (p.peer == parcel::nobody) {
      if (p.any || p.to == up.view.id) attempt(p);
      return;
    }
    if (p.peer != up.index) return;
    if (MW_PLANTED(outbox_forgets)) return close(p);
    if (new_life && p.what.guarantee == guarantee::exactly_once && p.life != 0 &&
        p.life != up.view.life)
      return bury(p, restarted);
    attempt(p);
  });
}

void courier::on_gone(peer& gone) {
  const failure left(errc::disconnected,
                     "the receiver left: whether the message was processed is unknown");
  parcels_.each([&](parcel& p) {
    if (p.peer != gone.index) return;
    if (p.what.guarantee == guarantee::exactly_once && p.life != 0) return bury(p, left);
    assign(p, nullptr);
  });
}

void courier::bury(parcel& p, const failure& why) {
  dead_letter letter;
  letter.service = p.what.what->name;
  letter.node = p.to;
  letter.group = p.group;
  letter.why = why;
  letter.attempts = p.attempts;
  letter.deadline = p.what.deadline - p.posted;
  letter.at = with_.node.wall_now();
  letter.guarantee = p.what.guarantee;
  letter.priority = p.what.priority;
  letter.body = p.body;
  const std::uint64_t batch = p.batch;
  close(p);
  with_.counts.dead.add();
  letter.id = dead_.next_id();
  if (died_) died_(letter);
  dead_.add(std::move(letter));
  settled_(batch, why);
}

void courier::close(parcel& p) {
  assign(p, nullptr);
  due_.remove(slot_table<parcel>::index_of(p.id));
  bytes_ -= p.body.size();
  parcels_.close(p);
  with_.counts.pending.set(parcels_.size());
}

status courier::replay(std::uint64_t id) {
  std::optional<dead_letter> letter = dead_.take(id);
  if (!letter)
    return failure(errc::not_found,
                   "there is no dead letter " + std::to_string(id) + " (any more)");
  const auto again = [&]() -> status {
    MW_TRY(service* const what, with_.services.open(letter->service));
    const peer* const to = letter->node.empty() ? nullptr : with_.peers.find_id(letter->node);
    if (!letter->node.empty() && to == nullptr)
      return failure(errc::not_found, "no node is known as " + letter->node);
    question q;
    q.what = what;
    q.deadline = with_.node.now() + letter->deadline;
    q.priority = letter->priority;
    q.guarantee = letter->guarantee;
    q.group = letter->group.empty() ? 0 : service_hash(letter->group);
    message_out body;
    body.append(letter->body);
    return post(q, to, letter->group, body, 0);
  }();
  if (!again) dead_.put_back(std::move(*letter));
  return again;
}

}  // namespace mw::routing

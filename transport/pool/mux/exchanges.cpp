// exchanges: see exchanges.h. Of each side's ended exchanges the last 64 are remembered.
// SPDX-License-Identifier: Apache-2.0
#include "mux/exchanges.h"

#include <mw/planted.h>

namespace mw::pool {

void exchanges::side::end(std::uint64_t id) {
  const exchange* const e = open.find(id);
  if (e == nullptr) return;
  recent[next % recent.size()] = {id, e->receives.left(), true};
  ++next;
  open.remove(id);
}

exchanges::ended* exchanges::side::find_ended(std::uint64_t id) {
  for (ended& one : recent)
    if (one.used && one.id == id) return &one;
  return nullptr;
}

exchanges::both_sides& exchanges::state() {
  if (!state_) state_ = std::make_unique<both_sides>();
  return *state_;
}

exchanges::exchange* exchanges::open_one(side& where, std::uint64_t id, time_point now) {
  if (exchange* const known = where.open.find(id)) return known;
  if (where.open.count() >= limits_.open) return nullptr;
  if (ended* const before = where.find_ended(id)) before->used = false;  // the id lives again
  return &where.open.add(
      id, {send_window(limits_.send_window), receive_window(limits_.receive_window), now, false});
}

exchanges::sending exchanges::send_item(message_kind kind, std::uint64_t id, std::size_t bytes,
                                        time_point now) {
  side& where = kind == message_kind::request_item ? state().ours : state().theirs;
  exchange* const e = open_one(where, id, now);
  if (e == nullptr) return sending::too_many;
  const std::uint64_t cost = cost_in(e->sends.full(), bytes);
  if (!e->sends.has(cost)) return sending::no_credit;
  e->sends.take(cost);
  return sending::fine;
}

void exchanges::sent(message_kind kind, std::uint64_t id) {
  if (!state_ || state_->count() == 0) return;
  if (kind == message_kind::cancel) state_->ours.end(id);
  if (kind == message_kind::reply || kind == message_kind::refusal) state_->theirs.end(id);
}

void exchanges::drop(message_kind kind, std::uint64_t id) {
  if (state_) (sent_by_opener(kind) ? state_->theirs : state_->ours).end(id);
}

verdict exchanges::received(message_kind kind, std::uint64_t id, std::size_t bytes,
                            time_point now) {
  if (kind == message_kind::one_way) return verdict::deliver;
  const bool streams = is_item(kind) || kind == message_kind::request_end;
  if (!streams && !state_) return verdict::deliver;
  side& where = sent_by_opener(kind) ? state().theirs : state().ours;
  if (streams) return item_received(where, kind, id, bytes, now);
  if (kind == message_kind::request)
    return where.open.find(id) == nullptr ? verdict::deliver
                                          : violation("a request under the id of an open exchange");
  if (MW_PLANTED(stream_leaks)) return verdict::deliver;
  where.open.remove(id);  // the other side ended it: it sends nothing more, so nothing is late
  return verdict::deliver;
}

verdict exchanges::item_received(side& where, message_kind kind, std::uint64_t id,
                                 std::size_t bytes, time_point now) {
  exchange* e = where.open.find(id);
  const std::uint64_t cost = is_item(kind) ? cost_in(limits_.receive_window, bytes) : 0;
  if (e == nullptr) {
    if (ended* const before = where.find_ended(id)) return too_late(*before, cost);
    e = open_one(where, id, now);
    if (e == nullptr) return verdict::too_many;
  }
  if (sent_by_opener(kind)) {
    if (e->ended_by_opener) return violation("an item after the end of its stream");
    e->ended_by_opener = kind == message_kind::request_end;
  }
  if (!e->receives.take(cost)) return violation("an item beyond the window of its stream");
  return verdict::deliver;
}

verdict exchanges::too_late(ended& one, std::uint64_t cost) {
  ++late_;
  if (cost > 0 && cost <= one.left) {
    one.left -= cost;
    return verdict::late;
  }
  if (++excess_ > limits_.late) return violation("frames of an exchange that has ended");
  return verdict::late;
}

bool exchanges::gave(message_kind item, std::uint64_t id, std::uint64_t bytes) {
  if (bytes == 0) return false;
  if (!state_) return true;
  side& where = item == message_kind::request_item ? state_->ours : state_->theirs;
  exchange* const e = where.open.find(id);
  return e == nullptr || e->sends.give(bytes);
}

std::uint64_t exchanges::consumed(message_kind item, std::uint64_t id, std::uint64_t bytes) {
  if (!state_) return 0;
  side& where = item == message_kind::request_item ? state_->theirs : state_->ours;
  exchange* const e = where.open.find(id);
  if (e == nullptr || e->ended_by_opener) return 0;
  return e->receives.give(bytes);
}

std::size_t exchanges::open_since(time_point before) {
  std::size_t old = 0;
  if (!state_) return 0;
  for (side* const one : {&state_->ours, &state_->theirs})
    one->open.each([&](std::uint64_t, const exchange& e) { old += e.opened <= before ? 1 : 0; });
  return old;
}

}  // namespace mw::pool

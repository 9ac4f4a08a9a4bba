// caller_repeat: calls that are asked again when their connection was lost.
// SPDX-License-Identifier: Apache-2.0
#include "engine/caller.h"

#include <algorithm>

namespace mw::routing {

status caller::make_repeatable(leg& l, const question& q, const message_out& body) {
  if (q.streams)
    return failure(errc::unsupported,
                   "items cannot be sent again: calls that stream are at_most_once");
  const auto number = with_.peers.at(l.peer).numbers.open();
  if (!number) {
    with_.counts.refused(refusal::outbox_full);
    return failure(errc::overloaded, "4096 newer messages to " + with_.peers.at(l.peer).view.id +
                                         " have been sent since the oldest without an answer");
  }
  l.again = std::make_unique<repeat>();
  l.again->what = q;
  l.again->delivery = {with_.life, 1, *number, 1};
  flatten(body, l.again->body);
  return {};
}

bool caller::try_later(leg& l) {
  if (l.again == nullptr || l.abandoned) return false;
  if (l.again->delivery.attempt >= with_.options.attempts_max) return false;
  const std::vector<duration>& list = with_.options.redeliver_after;
  const std::size_t step = std::min<std::size_t>(l.again->delivery.attempt - 1u, list.size() - 1);
  const auto base = static_cast<double>(list[step].count());
  const duration wait(
      static_cast<std::int64_t>(base * (0.75 + 0.5 * with_.node.random("backoff").unit())));
  const std::uint32_t index = slot_table<leg>::index_of(l.id);
  lists_.remove(l);
  deadlines_.remove(index);
  deadlines_.add(index, std::min(with_.node.now() + wait, l.deadline));
  return true;
}

void caller::ask_again(leg& l) {
  repeat& r = *l.again;
  if (const status may = with_.guard.check_own(access_verb::call, *l.what); !may)
    return fail(l, may.error());
  peer* to = &with_.peers.at(l.peer);
  if (r.any) {
    with_.services.refresh(*l.what);
    const auto key =
        l.what->choice->pick({with_.node.now(), r.what.affinity, r.delivery.attempt, {}});
    if (key) {
      l.what->choice->finished({l.picked, call_end::disconnected, {}, with_.node.now()});
      l.picked = *key;
      if (peer* const next = with_.peers.find_key(*key)) to = next;
    }
  } else if (r.what.guarantee == guarantee::exactly_once && to->view.life != r.life &&
             r.life != 0) {
    return fail(l, failure(errc::disconnected,
                           "the callee restarted and no longer knows what it has seen: whether the "
                           "request was processed is unknown"));
  }
  ++r.delivery.attempt;
  if (to->index != l.peer) {
    const auto number = to->numbers.open();
    if (!number) return fail(l, failure(errc::overloaded, "too many calls wait for answers"));
    with_.peers.at(l.peer).numbers.close(r.delivery.sequence);
    r.delivery.sequence = *number;
    l.peer = to->index;
  }
  with_.counts.redelivered.add();
  again_.clear();
  again_.append(r.body);
  const auto sent = to->up() ? post(l, r.what, again_)
                             : result<link_ref>(errc::disconnected, "the callee is not connected");
  if (!sent) {
    if (!try_later(l)) fail(l, sent.error());
    return;
  }
  if (sent->generation != 0) lists_.add(l, *sent);
  deadlines_.add(slot_table<leg>::index_of(l.id), l.deadline);
}

}  // namespace mw::routing

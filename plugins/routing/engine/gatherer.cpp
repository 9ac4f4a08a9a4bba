// gatherer: each member is a call of its own; here they are counted.
// SPDX-License-Identifier: Apache-2.0
#include "engine/gatherer.h"

#include <algorithm>

namespace mw::routing {

void gathering::clear() {
  const std::uint64_t same = id;
  std::vector<std::uint32_t> kept_spares = std::move(spares);
  std::vector<call_ref> kept_legs = std::move(legs);
  *this = gathering();
  id = same;
  spares = std::move(kept_spares);
  legs = std::move(kept_legs);
  spares.clear();
  legs.clear();
}

void members_of(shared& with, const question& q, const route& where,
                std::vector<std::uint32_t>& into) {
  with.services.refresh(*q.what);
  const std::uint64_t group = where.to == send_to::group ? service_hash(where.name) : 0;
  for (const std::uint32_t index : q.what->members)
    if (group == 0 || with.peers.at(index).in_group(group, where.name)) into.push_back(index);
}

result<call_ref> gatherer::ask(const question& q, const route& where, message_out& body,
                               function<void(const answer&)> on_answer) {
  if (q.streams) return failure(errc::unsupported, "items to several members: open a call to each");
  gathering* const g = open_.open();
  if (g == nullptr) return failure(errc::overloaded, "calls_max: too many questions are open");
  members_of(with_, q, where, g->spares);
  const auto members = static_cast<std::uint32_t>(g->spares.size());
  if (members == 0 || where.quorum > members) {
    open_.close(*g);
    if (members == 0)
      return failure(errc::not_found, "no member that is up offers the service " + q.what->name);
    return failure(errc::not_found, "a quorum of " + std::to_string(where.quorum) +
                                        " needs more than the " + std::to_string(members) +
                                        " members that are up");
  }
  // Others begin with other members, so that a fan-out does not always fall on the same.
  const std::uint64_t turn = where.hash != 0 ? where.hash : open_.index_of(g->id) + (g->id >> 20);
  std::rotate(g->spares.begin(), g->spares.begin() + static_cast<std::ptrdiff_t>(turn % members),
              g->spares.end());
  g->what = q;
  g->what.one_of_many = true;
  g->what.group = where.to == send_to::group ? service_hash(where.name) : 0;
  g->count = quorum(members, where.fan_out, where.quorum);
  g->started = with_.node.now();
  g->on_answer = std::move(on_answer);
  const std::uint32_t first = members - g->count.spares();
  if (g->count.spares() != 0) g->body = flatten(body);
  for (std::uint32_t i = 0; i < first; ++i) {
    const std::uint32_t to = g->spares.back();
    g->spares.pop_back();
    ask_member(*g, to, body);
  }
  if (g->count.spares() != 0 && with_.options.hedge_after > duration::zero()) {
    g->next_hedge = g->started + with_.options.hedge_after;
    hedges_.add(open_.index_of(g->id), g->next_hedge);
  }
  return call_ref{g->id | mark};
}

void gatherer::ask_member(gathering& g, std::uint32_t peer_index, message_out& body) {
  g.count.asked();
  const std::uint64_t id = g.id;
  function<void(const answer&)> tell = [this, id](const answer& a) { on_answer(id, a); };
  auto asked = calls_.ask(g.what, with_.peers.at(peer_index), body, tell);
  if (asked) {
    g.legs.push_back(*asked);
    return;
  }
  if (g.unasked.empty()) started_.push_back(g.id);
  g.unasked.emplace_back(peer_index, std::move(asked).error());
  with_.wake();
}

void gatherer::ask_spare(gathering& g) {
  if (g.spares.empty() || !g.count.take_spare()) return;
  const std::uint32_t to = g.spares.back();
  g.spares.pop_back();
  with_.counts.spares.add();
  again_.clear();
  again_.append(g.body);
  ask_member(g, to, again_);
}

void gatherer::on_answer(std::uint64_t id, const answer& a) {
  gathering* const g = open_.find(id);
  if (g == nullptr) return;
  answer passed{a.what, a.from, a.body, a.error, {}, false, a.hold};
  if (a.what == answer::kind::reply) g->count.replied();
  if (a.what == answer::kind::refusal) {
    g->count.failed();
    if (g->count.now() == quorum::state::open) ask_spare(*g);
  }
  passed.counts = {g->count.asked_count(), g->count.replied_count(), g->count.failed_count()};
  tell(id, passed);
  decide(id);
}

void gatherer::tell(std::uint64_t id, const answer& a) {
  gathering* const g = open_.find(id);
  if (g == nullptr) return;
  function<void(const answer&)> callback = std::move(g->on_answer);
  callback(a);
  if (gathering* const still = open_.find(id)) still->on_answer = std::move(callback);
}

void gatherer::decide(std::uint64_t id) {
  gathering* const g = open_.find(id);
  if (g == nullptr) return;
  const quorum::state now = g->count.now();
  if (now == quorum::state::open) {
    if (g->count.missing() == 0) ask_spare(*g);
    return;
  }
  if (now == quorum::state::met) return finish(*g, std::nullopt);
  const quorum& c = g->count;
  if (c.need() == 0)
    return finish(*g, failure(errc::disconnected, std::to_string(c.failed_count()) + " of " +
                                                      std::to_string(c.asked_count()) +
                                                      " members gave no reply"));
  finish(*g, failure(errc::disconnected, "no quorum: " + std::to_string(c.replied_count()) +
                                             " replied and " + std::to_string(c.failed_count()) +
                                             " failed of " + std::to_string(c.members()) + ", " +
                                             std::to_string(c.need()) + " were needed"));
}

void gatherer::finish(gathering& g, std::optional<failure> why) {
  for (const call_ref leg : g.legs) calls_.cancel(leg);
  hedges_.remove(open_.index_of(g.id));
  const tally counts{g.count.asked_count(), g.count.replied_count(), g.count.failed_count()};
  with_.counts.quorum_time.record(with_.node.now() - g.started);
  if (!why)
    with_.counts.scatter_complete.add();
  else if (counts.replied != 0)
    with_.counts.scatter_partial.add();
  else
    with_.counts.scatter_failed.add();
  const function<void(const answer&)> callback = std::move(g.on_answer);
  open_.close(g);
  bool hold = false;
  callback({answer::kind::end, {}, {}, why ? &*why : nullptr, counts, true, hold});
}

void gatherer::cancel(call_ref call) {
  gathering* const g = open_.find(call.id & ~mark);
  if (g == nullptr) return;
  for (const call_ref leg : g->legs) calls_.cancel(leg);
  hedges_.remove(open_.index_of(g->id));
  open_.close(*g);
}

void gatherer::turn(time_point now) {
  std::vector<std::uint64_t> pending;
  pending.swap(started_);
  for (const std::uint64_t id : pending) {
    gathering* const g = open_.find(id);
    if (g == nullptr) continue;
    const auto failures = std::exchange(g->unasked, {});
    for (const auto& [peer_index, why] : failures) {
      bool hold = false;
      on_answer(
          id,
          {answer::kind::refusal, with_.peers.at(peer_index).view.id, {}, &why, {}, false, hold});
    }
  }
  while (const auto index = hedges_.pop_due(now)) {
    gathering& g = open_.at(*index);
    ask_spare(g);
    if (g.count.spares() == 0) continue;
    g.next_hedge = now + with_.options.hedge_after;
    hedges_.add(*index, g.next_hedge);
  }
}

}  // namespace mw::routing

// engine: time, sending and spreading.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <mw/assert.h>

#include <algorithm>
#include <utility>

namespace mw::swim {

engine::engine(const settings& s, identity self, const message_codec& codec, random_stream& random,
               notary* signer)
    : s_(s),
      self_(std::move(self)),
      codec_(codec),
      random_(random),
      notary_(signer),
      members_(random),
      vivaldi_(random),
      broadcasts_(s.broadcasts_max),
      user_(s.broadcasts_max) {
  MW_ASSERT(!self_.name.empty(), "a member has a name");
  MW_ASSERT(s_.probe_timeout <= s_.probe_interval, "a probe ends after others were asked");
}

void engine::start(time_point now) {
  // The first round is spread out, so that nodes that start together do not beat together.
  const auto some_of = [this](duration d) {
    return duration(static_cast<std::int64_t>(
        random_.below(static_cast<std::uint64_t>(std::max<std::int64_t>(d.count(), 1)))));
  };
  number_ = static_cast<std::uint32_t>(random_.next());
  heard_ = changed_ = now;
  next_probe_ = now + some_of(s_.probe_interval);
  next_gossip_ = now + some_of(s_.gossip_interval);
  next_sync_ = now + some_of(s_.sync_interval);
  next_reconnect_ = now + s_.reconnect_interval + some_of(s_.reconnect_interval);
  reconnect_share_ = static_cast<double>(random_.below(1'000)) / 1'000;
  next_forget_ = now + s_.probe_interval;
  due_ = next_due();
  announce_self();
}

void engine::receive(const message& m, const endpoint& from, time_point now) {
  hear(now);
  std::visit([&](const auto& one) { on(one, from, now); }, m);
  due_ = next_due();
}

time_point engine::next_due() const {
  time_point due = std::min({next_probe_, next_gossip_, next_sync_, next_forget_, next_reconnect_});
  if (probe_.active) due = std::min(due, probe_.asked ? probe_.end : probe_.ask_others);
  for (const relay& r : relays_) due = std::min(due, r.wants_nack ? r.nack_at : r.end);
  for (const std::string& name : doubted_)
    if (const member* m = members_.find(name); m != nullptr && m->doubt)
      due = std::min(due, m->doubt->due());
  for (const exit_check& c : checks_)
    if (c.look_again) due = std::min(due, c.again);
  return due;
}

void engine::tick(time_point now) {
  const duration late = now - due_;
  if (late > s_.late_tick) {
    // This process stood still. The others had no chance to be heard meanwhile.
    ++counts_.stalls;
    if (probe_.active) {
      probe_.ask_others = probe_.ask_others + late;
      probe_.end = probe_.end + late;
    }
    if (s_.stall_aware)
      for (const std::string& name : doubted_)
        if (member* m = members_.find(name); m != nullptr && m->doubt) m->doubt->discount(late);
  }
  tick_checks(now);
  tick_relays(now);
  if (probe_.active && !probe_.asked && now >= probe_.ask_others) ask_others(now);
  if (probe_.active && now >= probe_.end) end_probe(false, now);
  tick_suspicions(now);
  if (now >= next_probe_) {
    next_probe_ = std::max(next_probe_ + s_.probe_interval, now);
    if (!probe_.active && !leaving_) start_probe(now);
  }
  if (now >= next_gossip_) {
    next_gossip_ = std::max(next_gossip_ + s_.gossip_interval, now);
    gossip(now);
  }
  if (now >= next_forget_) {
    next_forget_ = now + s_.probe_interval;
    count_members(now);
    forget_old(now);
    tick_waiting(now);
  }
  tick_sync(now);
  due_ = next_due();
}

std::uint32_t engine::spread_times() const {
  return retransmissions(s_.retransmit_factor, counted_);
}

void engine::fill(packet& p, std::size_t used) {
  const std::size_t room = codec_.packet_room();
  const std::size_t each = codec_.part_overhead();
  if (used >= room) return;
  // A quarter is kept for users, so that a storm of claims cannot starve them.
  const std::size_t left = room - used;
  const std::size_t kept = user_.empty() ? 0 : left / 4;
  const std::uint32_t times = spread_times();
  const std::size_t taken = broadcasts_.take(left - kept, each, times, p.parts);
  user_.take(left - taken, each, times, p.parts);
}

void engine::send(const endpoint& to, const std::string& name, const message& m, bool reply) {
  packet p{to, name, {codec_.encode(m)}, reply};
  fill(p, p.parts.front().size() + codec_.part_overhead());
  out_.packets.push_back(std::move(p));
}

std::vector<member*> engine::some(std::size_t count, const std::string& but, bool dead_too,
                                  time_point now) {
  std::vector<member*> chosen;
  const auto& all = members_.all();
  for (std::size_t tries = 0; tries < 3 * all.size() + 3 && chosen.size() < count && !all.empty();
       ++tries) {
    member* const m = all[random_.below(all.size())].get();
    const bool recent = now - m->changed < s_.gossip_to_dead;
    const bool fit = dead_too ? m->living() || (m->state == liveness::dead && recent)
                              : m->state == liveness::alive;
    if (!fit || m->name == but) continue;
    if (std::find(chosen.begin(), chosen.end(), m) == chosen.end()) chosen.push_back(m);
  }
  return chosen;
}

void engine::gossip(time_point now) {
  if (broadcasts_.empty() && user_.empty()) return;
  for (member* m : some(s_.gossip_nodes, {}, true, now)) {
    packet p{m->at, m->name, {}, false};
    fill(p, 0);
    if (p.parts.empty()) return;
    out_.packets.push_back(std::move(p));
  }
  // Alone there is nobody to tell.
  if (members_.size() == 0) {
    broadcasts_ = broadcast_queue(s_.broadcasts_max);
    user_ = broadcast_queue(s_.broadcasts_max);
  }
}

void engine::spread(const std::string& subject, std::string bytes) {
  if (!user_.push(subject, std::move(bytes))) ++counts_.broadcasts_dropped;
}

void engine::count_members(time_point now) {
  counted_ = 1 + members_.living();
  for (const auto& m : members_.all())
    if (!m->living() && now - m->changed < s_.gossip_to_dead) ++counted_;
}

void engine::forget_old(time_point now) {
  std::vector<std::string> old;
  for (const auto& m : members_.all())
    if (!m->living() && now - m->changed >= s_.forget_after) old.push_back(m->name);
  for (const std::string& name : old) {
    tell(news_kind::forgotten, *members_.find(name));
    vivaldi_.forget(name);
    members_.remove(name);
  }
}

void engine::tell(news_kind what, const member& m, std::string reason) {
  out_.news.push_back({what, m.name, m.at, m.meta, m.incarnation, std::move(reason)});
}

void engine::set_meta(std::string meta, time_point now) {
  if (meta == self_.meta) return;
  self_.meta = std::move(meta);
  ++self_.incarnation;
  changed_ = now;
  announce_self();
}

void engine::leave(time_point now) {
  if (std::exchange(leaving_, true)) return;
  probe_.active = false;
  next_gossip_ = now;
  dead_claim leaving{self_.incarnation, self_.name, self_.name};
  if (notary_ != nullptr) leaving.signed_by = own_proof_ = notary_->sign(leaving);
  pass_on(self_.name, leaving);
}

}  // namespace mw::swim

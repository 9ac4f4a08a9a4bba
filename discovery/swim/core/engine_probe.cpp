// engine_probe: asking one member after the other whether it is there; what follows from silence.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <mw/planted.h>

#include <algorithm>
#include <utility>

namespace mw::swim {

namespace {
constexpr std::size_t checks_max = 64;
constexpr duration ending_takes = 1s;  // of a process, at most
constexpr std::uint32_t broken_looks_max = 4;
constexpr std::string_view unanswered = "no answer to probes, directly or through others";
}  // namespace

bool engine::silent(time_point now) const {
  const duration quiet = now - heard_;
  return s_.stall_aware && quiet >= s_.silence && quiet < s_.silence_cap;
}

bool engine::in_doubt(time_point now) const {
  return silent(now) || (s_.stall_aware && now < catching_up_until_);
}

// After a silence old accusations come before what refutes them: what waits is read first.
void engine::hear(time_point now) {
  if (now - heard_ >= s_.silence) catching_up_until_ = now + s_.catch_up;
  heard_ = now;
}

void engine::add_health(int delta) {
  const int next = static_cast<int>(health_) + delta;
  health_ = static_cast<std::uint32_t>(std::clamp(next, 0, static_cast<int>(s_.health_max)));
}

// Some wire forms do not say who asks.
member* engine::at_address(const endpoint& at) const {
  for (const auto& m : members_.all())
    if (m->at == at) return m.get();
  return nullptr;
}

void engine::on(const ping& m, const endpoint& from, time_point) {
  if (!m.node.empty() && m.node != self_.name) return;
  ack answer{m.number, {}, digest()};
  member* const who = m.from.empty() ? at_address(from) : members_.find(m.from);
  if (who != nullptr && who->told_moves != vivaldi_.moves()) {
    who->told_moves = vivaldi_.moves();
    answer.where = vivaldi_.here();
  }
  const bool elsewhere = !m.reply_to.empty() && m.reply_to.port != 0;
  send(elsewhere ? m.reply_to : from, who == nullptr ? std::string() : who->name, answer, true);
}

void engine::on(const ping_request& m, const endpoint& from, time_point now) {
  const member* const known = members_.find(m.node);
  // Only members are asked: nobody makes this node send packets elsewhere.
  if (relays_.size() >= s_.relays_max || known == nullptr || known->at != m.target) {
    ++counts_.relays_refused;
    return;
  }
  const bool elsewhere = !m.reply_to.empty() && m.reply_to.port != 0;
  relays_.push_back({next_number(), m.number, elsewhere ? m.reply_to : from, m.wants_nack,
                     now + s_.probe_timeout, now + s_.probe_interval});
  send(m.target, m.node, ping{relays_.back().number, m.node, {}, self_.name});
}

void engine::on(const ack& m, const endpoint& from, time_point now) {
  if (probe_.active && m.number == probe_.number) {
    if (member* who = members_.find(probe_.node)) {
      who->heard = now;
      if (m.where && who->at == from) {
        who->where = plausible(*m.where) ? m.where : std::nullopt;
      }
      // Through others the time says nothing about the distance.
      if (!probe_.asked && who->where) vivaldi_.update(who->name, *who->where, now - probe_.sent);
      if (m.digest) compare_digest(*who, *m.digest, now);
    }
    return end_probe(true, now);
  }
  for (const exit_check& c : checks_) {
    if (c.number != m.number) continue;
    if (member* who = members_.find(c.node)) who->heard = now;
    return;
  }
  const auto at = std::find_if(relays_.begin(), relays_.end(),
                               [&](const relay& r) { return r.number == m.number; });
  if (at == relays_.end()) return;
  if (!MW_PLANTED(ignored_relays)) send(at->asker, {}, ack{at->theirs, {}, {}});
  relays_.erase(at);
}

void engine::on(const nack& m, const endpoint&, time_point) {
  if (probe_.active && m.number == probe_.number && probe_.nacks < probe_.nacks_expected)
    ++probe_.nacks;
}

void engine::start_probe(time_point now) {
  member* target = nullptr;
  for (std::size_t tries = 0; tries < members_.size() && target == nullptr; ++tries) {
    member* const m = members_.next();
    if (m->living()) target = m;
  }
  if (target == nullptr) return;
  ++counts_.probes;
  probe_ = {};
  probe_.active = true;
  probe_.node = target->name;
  probe_.number = next_number();
  probe_.sent = now;
  probe_.ask_others = now + s_.probe_timeout;
  // A node that is not well itself gives the others more time.
  probe_.end = now + s_.probe_interval * (1 + static_cast<std::int64_t>(health_));
  packet p{target->at,
           target->name,
           {codec_.encode(ping{probe_.number, target->name, {}, self_.name})},
           false};
  std::size_t used = p.parts.front().size() + codec_.part_overhead();
  if (target->state == liveness::suspect) {  // tell it at once, so that it can refute
    p.parts.push_back(codec_.encode(suspect_claim{target->latest(), target->name, self_.name}));
    used += p.parts.back().size() + codec_.part_overhead();
  }
  fill(p, used);
  out_.packets.push_back(std::move(p));
}

void engine::ask_others(time_point now) {
  probe_.asked = true;
  member* const target = members_.find(probe_.node);
  if (target == nullptr || !target->living()) {
    probe_.active = false;
    return;
  }
  for (member* helper : some(s_.indirect_probes, target->name, false, now)) {
    ++probe_.nacks_expected;
    send(helper->at, helper->name,
         ping_request{probe_.number, target->at, target->name, true, {}, self_.name});
  }
  out_.streams.push_back({stream_task::kind::ping, target->at, target->name, probe_.number});
}

void engine::end_probe(bool answered, time_point now) {
  probe_.active = false;
  member* const m = members_.find(probe_.node);
  if (answered) {
    add_health(-1);
    if (m != nullptr) m->withheld = 0;
    return;
  }
  if (m == nullptr || !m->living()) return;
  ++counts_.probes_failed;
  if (probe_.nacks_expected > 0)
    add_health(static_cast<int>(probe_.nacks_expected - probe_.nacks));
  else
    add_health(1);
  // While nothing is heard at all, the fault may be ours. The second failure of the same member
  // counts in any case.
  if (in_doubt(now) && m->withheld == 0 && m->state == liveness::alive) {
    ++m->withheld;
    ++counts_.accusations_withheld;
    return;
  }
  m->withheld = 0;
  accuse(*m, std::string(unanswered), now);
}

void engine::accuse(member& m, const std::string&, time_point now) {
  on(suspect_claim{m.latest(), m.name, self_.name}, {}, now);
}

void engine::tick_relays(time_point now) {
  for (relay& r : relays_) {
    if (!r.wants_nack || now < r.nack_at) continue;
    r.wants_nack = false;
    send(r.asker, {}, nack{r.theirs});
  }
  std::erase_if(relays_, [now](const relay& r) { return now >= r.end; });
}

void engine::stream_answered(const stream_task& task, time_point now) {
  hear(now);
  card_ask_ended(task);
  member* const m = members_.find(task.name);
  if (m != nullptr) m->heard = now;
  std::erase_if(checks_, [&](const exit_check& c) { return c.number == task.number; });
  if (task.what == stream_task::kind::ping && probe_.active && probe_.number == task.number)
    end_probe(true, now);
  due_ = next_due();
}

void engine::stream_failed(const stream_task& task, bool refused, time_point now) {
  card_ask_ended(task);
  member* const m = members_.find(task.name);
  if (m != nullptr && m->living() && !refused && check_broken(task, now)) return;
  if (m == nullptr || !m->living() || !refused) {
    std::erase_if(checks_, [&](const exit_check& c) { return c.number == task.number; });
    return;
  }
  if (task.what == stream_task::kind::ping) begin_check(*m, now);
  check_refused(task.name, now);
  due_ = next_due();
}

void engine::suspect_exit(const std::string& name, time_point now) {
  member* const m = members_.find(name);
  if (m == nullptr || !m->living() || leaving_) return;
  begin_check(*m, now);
  const auto at = std::find_if(checks_.begin(), checks_.end(),
                               [&](const exit_check& c) { return c.node == name; });
  if (at != checks_.end() && at->since == now && !at->refused_once)
    out_.streams.push_back({stream_task::kind::verify, m->at, m->name, at->number});
}

void engine::begin_check(member& m, time_point now) {
  const bool known = std::any_of(checks_.begin(), checks_.end(),
                                 [&](const exit_check& c) { return c.node == m.name; });
  if (known || checks_.size() >= checks_max || now < m.distrusted_until) return;
  checks_.push_back({m.name, next_number(), now, now, false});
  send(m.at, m.name, ping{checks_.back().number, m.name, {}, self_.name});
}

// A process that ends closes one thing after the other: its port may still have been open, and the
// conversation was cut off. A moment later the port says more.
bool engine::check_broken(const stream_task& task, time_point now) {
  const auto at = std::find_if(checks_.begin(), checks_.end(),
                               [&](const exit_check& c) { return c.number == task.number; });
  if (task.what != stream_task::kind::verify || at == checks_.end()) return false;
  if (now - at->since > ending_takes || at->broken >= broken_looks_max) return false;
  at->again = now + s_.verify_again * (std::int64_t{1} << at->broken++);
  at->look_again = true;
  due_ = next_due();
  return true;
}

// The port where the member has to listen refuses. Twice, with a packet unanswered in between: the
// process is gone, or another one will say so.
void engine::check_refused(const std::string& node, time_point now) {
  const auto at = std::find_if(checks_.begin(), checks_.end(),
                               [&](const exit_check& c) { return c.node == node; });
  if (at == checks_.end()) return;
  if (!at->refused_once) {
    at->refused_once = at->look_again = true;
    at->again = now + s_.verify_again;
    return;
  }
  member* const m = members_.find(node);
  const bool answered = m != nullptr && m->heard > at->since;
  checks_.erase(at);
  if (m == nullptr || !m->living() || answered) return;
  ++counts_.hard_deaths;
  m->distrust =
      std::min(m->distrust == duration{} ? s_.distrust : m->distrust * 2, s_.distrust_max);
  m->distrusted_until = now + m->distrust;
  bury(*m, {m->latest(), m->name, self_.name},
       "its process has ended: the port refuses connections", now);
}

void engine::tick_checks(time_point now) {
  for (exit_check& c : checks_) {
    if (!c.look_again || now < c.again) continue;
    c.look_again = false;
    if (const member* m = members_.find(c.node))
      out_.streams.push_back({stream_task::kind::verify, m->at, m->name, c.number});
  }
  std::erase_if(checks_,
                [&](const exit_check& c) { return now - c.since > s_.stream_timeout * 2; });
}

}  // namespace mw::swim

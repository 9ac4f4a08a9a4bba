// engine_claims: what is said about members: alive, in doubt, dead; and what is not believed.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <mw/planted.h>

#include <algorithm>
#include <utility>

namespace mw::swim {

namespace {
constexpr std::uint32_t incarnation_max = 0x7fffffff;

// Where claims are proved, an accusation moves no incarnation.
void accept_accusation(member& m, std::uint32_t incarnation) {
  (m.signed_by ? m.accused : m.incarnation) = incarnation;
}
}  // namespace

bool engine::plausible_jump(std::uint32_t known, std::uint32_t claimed) const {
  return claimed <= incarnation_max && (claimed <= known || claimed - known <= s_.jump_max);
}

bool engine::acceptable(const alive_claim& m) const {
  return !m.node.empty() && m.node.size() <= s_.name_max && m.meta.size() <= s_.meta_max &&
         !m.at.empty() && m.at.port != 0 && m.incarnation <= incarnation_max &&
         m.versions[0] <= our_versions[1] && m.versions[1] >= our_versions[0];
}

alive_claim engine::own_claim() const {
  return {self_.incarnation, self_.name, self_.at, self_.meta, our_versions, own_proof_};
}

void engine::pass_on(const std::string& subject, const message& m) {
  if (!broadcasts_.push(subject, codec_.encode(m))) ++counts_.broadcasts_dropped;
}

void engine::announce_self() {
  if (leaving_) return;
  own_proof_.reset();
  if (notary_ != nullptr) own_proof_ = notary_->sign(own_claim());
  pass_on(self_.name, own_claim());
}

void engine::refute(std::uint32_t claimed, time_point now) {
  if (!plausible_jump(self_.incarnation, claimed)) {  // others do not believe it either
    ++counts_.refused_claims;
    return;
  }
  if (!MW_PLANTED(silent_refutation)) self_.incarnation = std::max(self_.incarnation, claimed) + 1;
  ++counts_.refutations;
  changed_ = now;
  announce_self();
}

void engine::on(const alive_claim& m, const endpoint& from, time_point now) {
  if (leaving_ && m.node == self_.name) return;
  if (!acceptable(m)) {
    ++counts_.refused_claims;
    return;
  }
  if (m.node == self_.name) return hear_of_self(m, from, now);
  member* const known = members_.find(m.node);
  if (known == nullptr) return meet(m, from, now);
  const bool moved = known->at != m.at;
  // One who is back elsewhere may have forgotten its incarnation.
  const bool elsewhere = moved && (known->living() || m.incarnation == known->latest());
  const bool newer =
      MW_PLANTED(equal_claims) ? m.incarnation >= known->latest() : m.incarnation > known->latest();
  if (!newer && !elsewhere) return;
  if (!heard_enough(news_class::changes, from, now) || !believed(m, from, now)) return;
  if (moved && known->living()) return contradict(*known, m, now);
  if (!plausible_jump(known->incarnation, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  renew(*known, m, now);
}

void engine::hear_of_self(const alive_claim& m, const endpoint& from, time_point now) {
  const bool conflict = m.at != self_.at;
  const bool same = m.incarnation == self_.incarnation && m.meta == self_.meta;
  if (!conflict && (m.incarnation < self_.incarnation || same)) return;
  if (!heard_enough(news_class::changes, from, now) || !believed(m, from, now)) return;
  if (!conflict) return refute(m.incarnation, now);
  ++counts_.conflicts;
  out_.news.push_back(
      {news_kind::conflict, m.node, m.at, m.meta, m.incarnation, "another node has our name"});
}

// What a member says of itself, once it is believed.
void engine::adopt(member& m, const alive_claim& claim, time_point now) {
  members_.edit(m, [&](member& one) {
    if (one.state != liveness::alive) one.changed = now;
    one.at = claim.at;
    one.meta = claim.meta;
    one.versions = claim.versions;
    one.incarnation = claim.incarnation;
    one.state = liveness::alive;
  });
  m.accused = 0;
  m.signed_by = claim.signed_by ? std::make_unique<const proof>(*claim.signed_by) : nullptr;
  changed_ = now;
}

void engine::meet(const alive_claim& claim, const endpoint& from, time_point now) {
  if (members_.size() >= s_.members_max) {
    ++counts_.refused_claims;
    return;
  }
  if (!heard_enough(news_class::newcomers, from, now) || !believed(claim, from, now)) return;
  member& m = members_.add(claim.node);
  adopt(m, claim, now);
  ++counted_;
  tell(news_kind::joined, m);
  pass_on(m.name, claim);
}

void engine::renew(member& m, const alive_claim& claim, time_point now) {
  const bool was_living = m.living();
  const bool was_suspect = m.state == liveness::suspect;
  const bool differs = m.meta != claim.meta || m.at != claim.at;
  if (!was_living && now < m.distrusted_until) ++counts_.hard_mistakes;
  adopt(m, claim, now);
  m.doubt.reset();
  m.withheld = 0;
  std::erase(doubted_, m.name);
  if (!was_living)
    tell(news_kind::joined, m);
  else if (was_suspect)
    tell(news_kind::cleared, m);
  if (was_living && differs) tell(news_kind::changed, m);
  pass_on(m.name, claim);
}

// Two nodes claim one name, or one node has moved. Who is known keeps it as long as it answers.
void engine::contradict(member& m, const alive_claim& claim, time_point now) {
  ++counts_.conflicts;
  out_.news.push_back({news_kind::conflict, m.name, claim.at, claim.meta, claim.incarnation,
                       "the name belongs to " + to_string(m.at)});
  suspect_exit(m.name, now);
}

void engine::on(const suspect_claim& m, const endpoint& from, time_point now) {
  if (m.node == self_.name) {
    if (leaving_ || m.incarnation < self_.incarnation) return;
    if (!heard_enough(news_class::accusations, from, now)) return;
    add_health(1);
    return refute_accusation(m.incarnation, now);
  }
  member* const known = members_.find(m.node);
  if (known == nullptr || m.incarnation < known->latest() || m.from.size() > s_.name_max) return;
  const bool confirms = known->doubt && known->doubt->would_confirm(m.from);
  if (!confirms && known->state != liveness::alive) return;
  if (!plausible_accusation(*known, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  if (!heard_enough(news_class::accusations, from, now)) return;
  pass_on(m.node, m);
  if (confirms) return (void)known->doubt->confirm(m.from);
  ++counts_.suspicions;
  members_.edit(*known, [&](member& one) {
    one.state = liveness::suspect;
    one.changed = now;
    accept_accusation(one, m.incarnation);
  });
  known->doubt = std::make_unique<suspicion>(s_, counted_, m.from, now);
  doubted_.push_back(known->name);
  tell(news_kind::suspect, *known,
       m.from == self_.name ? "it does not answer" : m.from + " gets no answer from it");
}

void engine::on(const dead_claim& m, const endpoint& from, time_point now) {
  if (m.node == self_.name) {
    if (leaving_ || m.incarnation < self_.incarnation) return;
    if (heard_enough(news_class::accusations, from, now)) refute_accusation(m.incarnation, now);
    return;
  }
  member* const known = members_.find(m.node);
  if (known == nullptr || m.incarnation < known->latest() || !known->living()) return;
  if (!plausible_accusation(*known, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  if (!heard_enough(news_class::accusations, from, now) || !believed(m, now)) return;
  bury(*known, m, m.from == m.node ? "it said so" : m.from + " says so", now);
}

void engine::on(const user_bytes& m, const endpoint&, time_point) {
  out_.user.push_back(m.bytes);
}

void engine::bury(member& m, const dead_claim& claim, const std::string& reason, time_point now) {
  const bool left = claim.from == m.name;
  members_.edit(m, [&](member& one) {
    one.state = left ? liveness::left : liveness::dead;
    one.changed = now;
    accept_accusation(one, claim.incarnation);
  });
  if (left && claim.signed_by) m.signed_by = std::make_unique<const proof>(*claim.signed_by);
  m.doubt.reset();
  std::erase(doubted_, m.name);
  if (!left) ++counts_.deaths;
  changed_ = now;
  tell(left ? news_kind::left : news_kind::failed, m, reason);
  if (!MW_PLANTED(untold_deaths)) pass_on(m.name, claim);
}

bool engine::force_leave(const std::string& name, bool forget, time_point now) {
  member* const m = members_.find(name);
  if (m == nullptr || m->living()) return false;
  members_.edit(*m, [&](member& one) { one.state = liveness::left; });
  if (forget) {
    tell(news_kind::forgotten, *m);
    members_.remove(name);
  } else {
    m->changed = now;
    tell(news_kind::left, *m, "an operator said so");
  }
  return true;
}

void engine::tick_suspicions(time_point now) {
  std::vector<std::string> due;
  for (const std::string& name : doubted_) {
    const member* const m = members_.find(name);
    if (m != nullptr && m->doubt && now >= m->doubt->due()) due.push_back(name);
  }
  for (const std::string& name : due) {
    member* const m = members_.find(name);
    if (m == nullptr || !m->doubt) continue;
    if (in_doubt(now) && now < m->doubt->latest()) {  // the refutation may be on its way to us
      ++counts_.convictions_postponed;
      m->doubt->postpone(now + s_.gossip_interval);
      continue;
    }
    bury(*m, {m->latest(), m->name, self_.name},
         "nobody has heard from it, " + std::to_string(m->doubt->confirmed()) + " others confirm",
         now);
  }
}

}  // namespace mw::swim

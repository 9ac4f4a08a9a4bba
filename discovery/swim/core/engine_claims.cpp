// engine_claims: what is said about members: alive, in doubt, dead; and what is not believed.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <algorithm>
#include <utility>

namespace mw::swim {

namespace {
constexpr std::uint32_t incarnation_max = 0x7fffffff;
}

bool engine::plausible_jump(std::uint32_t known, std::uint32_t claimed) const {
  return claimed <= incarnation_max && (claimed <= known || claimed - known <= s_.jump_max);
}

bool engine::acceptable(const alive_claim& m) const {
  return !m.node.empty() && m.node.size() <= s_.name_max && m.meta.size() <= s_.meta_max &&
         !m.at.empty() && m.at.port != 0 && m.incarnation <= incarnation_max &&
         m.versions[0] <= our_versions[1] && m.versions[1] >= our_versions[0];
}

void engine::announce_self() {
  if (leaving_) return;
  if (!broadcasts_.push(self_.name, codec_.encode(alive_claim{self_.incarnation, self_.name,
                                                              self_.at, self_.meta, our_versions})))
    ++counts_.broadcasts_dropped;
}

void engine::refute(std::uint32_t claimed, time_point now) {
  if (!plausible_jump(self_.incarnation, claimed)) {  // others do not believe it either
    ++counts_.refused_claims;
    return;
  }
  self_.incarnation = std::max(self_.incarnation, claimed) + 1;
  ++counts_.refutations;
  changed_ = now;
  announce_self();
}

void engine::on(const alive_claim& m, const endpoint&, time_point now) {
  if (leaving_ && m.node == self_.name) return;
  if (!acceptable(m)) {
    ++counts_.refused_claims;
    return;
  }
  if (m.node == self_.name) {
    if (m.at != self_.at) {
      ++counts_.conflicts;
      out_.news.push_back(
          {news_kind::conflict, m.node, m.at, m.meta, m.incarnation, "another node has our name"});
      return;
    }
    const bool same = m.incarnation == self_.incarnation && m.meta == self_.meta;
    if (m.incarnation >= self_.incarnation && !same) refute(m.incarnation, now);
    return;
  }
  member* const known = members_.find(m.node);
  if (known == nullptr) return meet(m, now);
  const bool moved = known->at != m.at;
  if (moved && known->living()) return contradict(*known, m, now);
  // One who is back elsewhere may have forgotten its incarnation.
  if (m.incarnation <= known->incarnation && !(moved && m.incarnation == known->incarnation))
    return;
  if (!plausible_jump(known->incarnation, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  renew(*known, m, now);
}

void engine::meet(const alive_claim& claim, time_point now) {
  if (members_.size() >= s_.members_max) {
    ++counts_.refused_claims;
    return;
  }
  member& m = members_.add(claim.node);
  members_.edit(m, [&](member& one) {
    one.at = claim.at;
    one.meta = claim.meta;
    one.versions = claim.versions;
    one.incarnation = claim.incarnation;
    one.state = liveness::alive;
    one.changed = now;
  });
  ++counted_;
  changed_ = now;
  tell(news_kind::joined, m);
  if (!broadcasts_.push(m.name, codec_.encode(claim))) ++counts_.broadcasts_dropped;
}

void engine::renew(member& m, const alive_claim& claim, time_point now) {
  const bool was_living = m.living();
  const bool was_suspect = m.state == liveness::suspect;
  const bool differs = m.meta != claim.meta || m.at != claim.at;
  if (!was_living && now < m.distrusted_until) ++counts_.hard_mistakes;
  members_.edit(m, [&](member& one) {
    one.at = claim.at;
    one.meta = claim.meta;
    one.versions = claim.versions;
    one.incarnation = claim.incarnation;
    one.state = liveness::alive;
    if (!was_living || was_suspect) one.changed = now;
  });
  m.doubt.reset();
  m.withheld = 0;
  std::erase(doubted_, m.name);
  changed_ = now;
  if (!was_living)
    tell(news_kind::joined, m);
  else if (was_suspect)
    tell(news_kind::cleared, m);
  if (was_living && differs) tell(news_kind::changed, m);
  if (!broadcasts_.push(m.name, codec_.encode(claim))) ++counts_.broadcasts_dropped;
}

// Two nodes claim one name, or one node has moved. Who is known keeps it as long as it answers.
void engine::contradict(member& m, const alive_claim& claim, time_point now) {
  ++counts_.conflicts;
  out_.news.push_back({news_kind::conflict, m.name, claim.at, claim.meta, claim.incarnation,
                       "the name belongs to " + to_string(m.at)});
  suspect_exit(m.name, now);
}

void engine::on(const suspect_claim& m, const endpoint&, time_point now) {
  if (m.node == self_.name) {
    if (!leaving_ && m.incarnation >= self_.incarnation) {
      add_health(1);
      refute(m.incarnation, now);
    }
    return;
  }
  member* const known = members_.find(m.node);
  if (known == nullptr || m.incarnation < known->incarnation || m.from.size() > s_.name_max) return;
  if (!plausible_jump(known->incarnation, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  const auto pass_on = [&] {
    if (!broadcasts_.push(m.node, codec_.encode(m))) ++counts_.broadcasts_dropped;
  };
  if (known->doubt) {
    if (known->doubt->confirm(m.from)) pass_on();
    return;
  }
  if (known->state != liveness::alive) return;
  pass_on();
  ++counts_.suspicions;
  members_.edit(*known, [&](member& one) {
    one.state = liveness::suspect;
    one.incarnation = m.incarnation;
    one.changed = now;
  });
  known->doubt = std::make_unique<suspicion>(s_, counted_, m.from, now);
  doubted_.push_back(known->name);
  tell(news_kind::suspect, *known,
       m.from == self_.name ? "it does not answer" : m.from + " gets no answer from it");
}

void engine::on(const dead_claim& m, const endpoint&, time_point now) {
  if (m.node == self_.name) {
    if (!leaving_ && m.incarnation >= self_.incarnation) refute(m.incarnation, now);
    return;
  }
  member* const known = members_.find(m.node);
  if (known == nullptr || m.incarnation < known->incarnation || !known->living()) return;
  if (!plausible_jump(known->incarnation, m.incarnation)) {
    ++counts_.refused_claims;
    return;
  }
  bury(*known, m.incarnation, m.from, m.from == m.node ? "it said so" : m.from + " says so", now);
}

void engine::on(const user_bytes& m, const endpoint&, time_point) {
  out_.user.push_back(m.bytes);
}

void engine::bury(member& m, std::uint32_t incarnation, const std::string& by,
                  const std::string& reason, time_point now) {
  const bool left = by == m.name;
  members_.edit(m, [&](member& one) {
    one.state = left ? liveness::left : liveness::dead;
    one.incarnation = incarnation;
    one.changed = now;
  });
  m.doubt.reset();
  std::erase(doubted_, m.name);
  if (!left) ++counts_.deaths;
  changed_ = now;
  tell(left ? news_kind::left : news_kind::failed, m, reason);
  if (!broadcasts_.push(m.name, codec_.encode(dead_claim{incarnation, m.name, by})))
    ++counts_.broadcasts_dropped;
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
    bury(*m, m->incarnation, self_.name,
         "nobody has heard from it, " + std::to_string(m->doubt->confirmed()) + " others confirm",
         now);
  }
}

}  // namespace mw::swim

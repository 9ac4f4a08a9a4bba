// engine_proofs: which claims are believed, which wait for a card, and who has said too much.
// SPDX-License-Identifier: Apache-2.0
#include "core/engine.h"

#include <mw/planted.h>

#include <algorithm>

namespace mw::swim {

namespace {
constexpr std::size_t cards_each_ask = 32;
constexpr std::size_t asks_each_source = 2;
constexpr std::size_t waiting_each_source = 256;
}  // namespace

bool engine::heard_enough(news_class what, const endpoint& from, time_point now) {
  if (origins_.take(what, from, counted_, now)) return true;
  ++counts_.limited[static_cast<std::size_t>(what)];
  return false;
}

bool engine::believed(const alive_claim& m, const endpoint& from, time_point now) {
  if (notary_ == nullptr) return true;
  const bool look = notary_->strict() || m.signed_by.has_value();
  const belief is = look ? notary_->judge(m, now) : belief::yes;
  if (is == belief::card_unknown) wait_for_card(m, from, now);
  return is == belief::yes || !notary_->strict();
}

// Others accuse without proof; that somebody has left is for it alone to say.
bool engine::believed(const dead_claim& m, time_point now) {
  if (notary_ == nullptr || !notary_->strict() || m.from != m.node) return true;
  if (MW_PLANTED(trusted_leaving)) return true;
  return notary_->judge(m, now) == belief::yes;
}

bool engine::plausible_accusation(const member& m, std::uint32_t claimed) const {
  if (!plausible_jump(m.incarnation, claimed)) return false;
  if (MW_PLANTED(lifted_accused)) return true;
  return !m.signed_by || claimed <= m.incarnation || claimed - m.incarnation <= s_.accused_jump_max;
}

// An incarnation that this node has never said is one of an earlier life, or invented. It is
// followed in small steps, so that nobody drives it to its end.
void engine::refute_accusation(std::uint32_t claimed, time_point now) {
  const bool ours = claimed <= self_.incarnation;
  if (notary_ == nullptr || ours || MW_PLANTED(lifted_accused)) return refute(claimed, now);
  if (now < step_from_) return;
  step_from_ = now + s_.probe_interval;
  refute(std::min(claimed, self_.incarnation + s_.accused_jump_max), now);
}

void engine::sign_anew(time_point now) {
  if (leaving_) return;
  ++self_.incarnation;
  changed_ = now;
  announce_self();
}

void engine::wait_for_card(const alive_claim& m, const endpoint& from, time_point now) {
  if (from.empty() || !m.signed_by) return;  // conversations bring the cards with them
  std::size_t of_source = 0;
  for (waiting_claim& one : waiting_) {
    of_source += one.from == from ? 1 : 0;
    if (one.claim.node != m.node || one.from != from) continue;
    const bool same_card = one.claim.signed_by->card == m.signed_by->card;
    one = {m, from, now + s_.stream_timeout, one.asked && same_card};
    return ask_for_cards(now);
  }
  if (waiting_.size() >= s_.waiting_claims_max || of_source >= waiting_each_source) {
    ++counts_.waiting_dropped;
    return;
  }
  waiting_.push_back({m, from, now + s_.stream_timeout, false});
  ask_for_cards(now);
}

// Whoever tells a claim has its card, or is the member itself. Never anybody else: nobody makes
// this node dial an address that is only claimed.
void engine::ask_for_cards(time_point) {
  for (const waiting_claim& first : waiting_) {
    if (first.asked || asking_.size() >= s_.card_asks_max) continue;
    const auto under_way = std::count(asking_.begin(), asking_.end(), first.from);
    if (static_cast<std::size_t>(under_way) >= asks_each_source) continue;
    const member* const teller = at_address(first.from);
    const bool known = teller != nullptr && teller->living();
    stream_task ask{stream_task::kind::cards, first.from, known ? teller->name : std::string(), 0};
    if (!known && first.claim.at != first.from) continue;
    for (waiting_claim& one : waiting_) {
      if (one.asked || one.from != ask.to || ask.cards.size() >= cards_each_ask) continue;
      one.asked = true;
      ask.cards.push_back(one.claim.signed_by->card);
    }
    asking_.push_back(ask.to);
    out_.streams.push_back(std::move(ask));
  }
}

void engine::card_ask_ended(const stream_task& task) {
  if (task.what != stream_task::kind::cards) return;
  const auto at = std::find(asking_.begin(), asking_.end(), task.to);
  if (at != asking_.end()) asking_.erase(at);
}

void engine::take_cards(const std::vector<std::string>& cards, time_point now) {
  if (notary_ == nullptr) return;
  for (const std::string& one : cards) (void)notary_->learn(one, now);
  const auto waits = [this](const waiting_claim& one) {
    return notary_->card(one.claim.signed_by->card) == nullptr;
  };
  const auto first = std::stable_partition(waiting_.begin(), waiting_.end(), waits);
  const std::vector<waiting_claim> ready(first, waiting_.end());
  waiting_.erase(first, waiting_.end());
  // Its source was charged when it came.
  for (const waiting_claim& one : ready) on(one.claim, endpoint{}, now);
  due_ = next_due();
}

void engine::tick_waiting(time_point now) {
  const std::size_t before = waiting_.size();
  std::erase_if(waiting_, [now](const waiting_claim& one) { return now >= one.until; });
  counts_.waiting_dropped += before - waiting_.size();
  ask_for_cards(now);
}

}  // namespace mw::swim

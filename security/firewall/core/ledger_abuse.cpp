// ledger_abuse: offences, cool-downs, bans and deadlines.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"

namespace mw::firewall {
namespace {

constexpr std::size_t notices_max = 1024;  // until the adapter has told them

}  // namespace

void ledger::offend(const member& who, offence what, time_point now) {
  ++offended_[static_cast<std::size_t>(what) % offence_count];
  if (!rules_.cooling.enabled || who.exempt || !who.from) return;
  const network key = address_key(*who.from);
  const auto stay_away = standings_.at({key}, now).offend(rules_.cooling, what, now);
  if (!stay_away) return;
  const time_point until = later(now, *stay_away);
  if (!bans_.add(key, {now, until, ban_cause::offences})) return;
  if (notices_.size() < notices_max) notices_.push_back({key, true, until});
  // Who has proved who it is stays: its address may be shared with whom it does not know.
  std::vector<member*> leaving;
  for (const auto& [serial, one] : newcomers_)
    if (one->from && key.holds(*one->from) && one != &who) leaving.push_back(one);
  for (member* const one : leaving) evict(*one, refusal::cooling_down);
}

bool ledger::ban_network(const network& at, time_point now, time_point until) {
  if (!bans_.add(at, {now, until, ban_cause::person})) return false;
  for (const auto& [serial, one] : members_)
    if (one->from && at.holds(*one->from) && !one->dialled) evict(*one, refusal::banned);
  return true;
}

bool ledger::pardon(const network& at) {
  for (const auto& [key, one] : bans_.all())
    if (at.holds(key.base) || key.holds(at.base)) standings_.forget({key});
  if (at.length >= 64) standings_.forget({address_key(at.base)});
  return bans_.pardon(at);
}

void ledger::tick(time_point now) {
  while (!newcomers_.empty()) {
    member& oldest = *newcomers_.begin()->second;
    if (now < later(oldest.began, rules_.unproved.deadline)) break;
    evict(oldest, refusal::unproved_deadline);
    offend(oldest, offence::handshake_slow, now);
  }
  for (const network& at : bans_.expire(now))
    if (notices_.size() < notices_max) notices_.push_back({at, false, now});
}

std::optional<time_point> ledger::next_tick() const {
  std::optional<time_point> next = bans_.next_end();
  if (newcomers_.empty()) return next;
  const time_point due = later(newcomers_.begin()->second->began, rules_.unproved.deadline);
  return !next || due < *next ? due : *next;
}

std::optional<eviction> ledger::next_eviction() {
  if (evictions_.empty()) return std::nullopt;
  const eviction first = evictions_.front();
  evictions_.pop_front();
  return first;
}

std::optional<cool_down_notice> ledger::next_notice() {
  if (notices_.empty()) return std::nullopt;
  const cool_down_notice first = notices_.front();
  notices_.pop_front();
  return first;
}

std::uint64_t ledger::forgotten() const {
  std::uint64_t all = standings_.forgotten();
  for (const rate_table& one : rates_) all += one.records.forgotten();
  return all;
}

}  // namespace mw::firewall

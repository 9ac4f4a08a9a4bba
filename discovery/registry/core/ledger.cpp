// ledger: see ledger.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/ledger.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>
#include <utility>

namespace mw::registry {
namespace {

bool same_facts(const peer_found& a, const peer_found& b) {
  return a.id == b.id && a.zone == b.zone;
}

}  // namespace

std::string_view to_string(held_because why) noexcept {
  switch (why) {
    case held_because::nothing:
      return "";
    case held_because::mass_removal:
      return "mass_removal";
    case held_because::source_failing:
      return "source_failing";
  }
  return "unknown";
}

void ledger::answered(const status& outcome, time_point now) {
  health_.failing = !outcome;
  if (outcome) {
    health_.last_success = now;
    return;
  }
  health_.last_error = now;
  health_.error = outcome.error().text();
  ++health_.errors;
}

bool ledger::update(const sources::peer_list& list, time_point now) {
  std::unordered_set<std::string_view> ids;
  for (const peer_found& peer : list)
    if (!peer.id.empty()) ids.insert(peer.id);

  bool changed = false;
  std::vector<listing> merged;
  std::vector<bool> gone;
  merged.reserve(list.size());
  auto before = listings_.begin();
  const auto missing = [&](listing& one) {
    // The same node at another address has moved: nothing is lost by that.
    const bool moved = !one.facts.id.empty() && ids.contains(one.facts.id);
    changed = changed || moved;
    if (moved) return;
    merged.push_back(std::move(one));
    gone.push_back(true);
  };
  for (const peer_found& peer : list) {
    while (before != listings_.end() && before->facts.address < peer.address) missing(*before++);
    const bool known = before != listings_.end() && before->facts.address == peer.address;
    changed = changed || !known || !before->live() || !same_facts(before->facts, peer);
    if (known) ++before;
    merged.push_back({.facts = peer});
    gone.push_back(false);
  }
  while (before != listings_.end()) missing(*before++);
  listings_ = std::move(merged);
  return judge(gone, list.size(), now) || changed;
}

bool ledger::judge(const std::vector<bool>& gone, std::size_t live, time_point now) {
  std::size_t news = 0;
  for (std::size_t i = 0; i < listings_.size(); ++i)
    if (gone[i] && listings_[i].held != held_because::mass_removal) ++news;
  const std::size_t lately = removed_lately(now);
  const auto base = static_cast<double>(live + news + lately);
  const auto many = std::max<std::size_t>(
      rules_.least, static_cast<std::size_t>(std::ceil(rules_.fraction * base)));
  const bool mass =
      rules_.hold > duration::zero() && news > 0 && (live == 0 || news + lately >= many);

  bool changed = false;
  std::size_t removed = 0;
  std::vector<listing> kept;
  kept.reserve(listings_.size());
  for (std::size_t i = 0; i < listings_.size(); ++i) {
    listing& one = listings_[i];
    const bool judged = gone[i] && one.held != held_because::mass_removal;
    if (judged && !health_.failing && !mass) {
      ++removed;
      continue;
    }
    if (judged) {
      const held_because why =
          health_.failing ? held_because::source_failing : held_because::mass_removal;
      if (one.live()) {
        one.gone_since = now;
        ++held_ever_;
      }
      changed = changed || one.held != why;
      one.held = why;
      one.until = now + rules_.hold;
    }
    kept.push_back(std::move(one));
  }
  listings_ = std::move(kept);
  if (removed > 0) removals_.push_back({now, removed});
  return changed || removed > 0;
}

std::size_t ledger::removed_lately(time_point now) {
  while (!removals_.empty() && now - removals_.front().at >= rules_.window) removals_.pop_front();
  std::size_t sum = 0;
  for (const removal& one : removals_) sum += one.count;
  return sum;
}

bool ledger::tick(time_point now) {
  if (health_.failing) return false;  // what it says about removals counts for nothing
  return std::erase_if(listings_, [now](const listing& one) {
           return one.held == held_because::mass_removal && one.until <= now;
         }) > 0;
}

std::size_t ledger::release() {
  return std::erase_if(listings_, [](const listing& one) { return !one.live(); });
}

std::optional<time_point> ledger::next() const {
  std::optional<time_point> soonest;
  if (health_.failing) return soonest;
  for (const listing& one : listings_)
    if (one.held == held_because::mass_removal && (!soonest || one.until < *soonest))
      soonest = one.until;
  return soonest;
}

std::size_t ledger::held() const {
  return static_cast<std::size_t>(std::count_if(listings_.begin(), listings_.end(),
                                                [](const listing& one) { return !one.live(); }));
}

bool ledger::holds_mass_removal() const {
  return std::any_of(listings_.begin(), listings_.end(),
                     [](const listing& one) { return one.held == held_because::mass_removal; });
}

}  // namespace mw::registry

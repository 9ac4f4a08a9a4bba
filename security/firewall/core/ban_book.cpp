// ban_book: one ordered map; each length in use is looked up.
// SPDX-License-Identifier: Apache-2.0
#include "core/ban_book.h"

#include <algorithm>

namespace mw::firewall {

void ban_book::erase(entries::iterator one) {
  --by_length_[one->first.length];
  --by_cause_[static_cast<std::size_t>(one->second.why)];
  entries_.erase(one);
}

bool ban_book::add(const network& at, const ban& one) {
  if (const auto there = entries_.find(at); there != entries_.end()) {
    ban& old = there->second;
    const ban longer{old.since, std::max(old.until, one.until), old.why};
    --by_cause_[static_cast<std::size_t>(old.why)];
    old = one.why == ban_cause::person ? one : longer;
    ++by_cause_[static_cast<std::size_t>(old.why)];
    next_end_ = std::min(next_end_, old.until);
    return true;
  }
  if (entries_.size() >= most_) {
    auto soonest = entries_.end();
    for (auto i = entries_.begin(); i != entries_.end(); ++i)
      if (i->second.why == ban_cause::offences &&
          (soonest == entries_.end() || i->second.until < soonest->second.until))
        soonest = i;
    if (soonest == entries_.end()) return false;
    erase(soonest);
  }
  entries_.emplace(at, one);
  ++by_length_[at.length];
  ++by_cause_[static_cast<std::size_t>(one.why)];
  next_end_ = std::min(next_end_, one.until);
  return true;
}

const ban* ban_book::find(const ip_address& one, time_point now) const {
  if (entries_.empty()) return nullptr;
  const ban* found = nullptr;
  for (unsigned length = one.is_v4() ? 96 : 0; length <= 128; ++length) {
    if (by_length_[length] == 0) continue;
    const auto there = entries_.find(network_of(one, length));
    if (there == entries_.end() || there->second.until <= now) continue;
    if (found == nullptr || there->second.why == ban_cause::person) found = &there->second;
  }
  return found;
}

bool ban_book::pardon(const network& at) {
  bool any = false;
  for (auto i = entries_.begin(); i != entries_.end();) {
    const auto here = i++;
    if (!at.holds(here->first.base) && !here->first.holds(at.base)) continue;
    erase(here);
    any = true;
  }
  return any;
}

std::vector<network> ban_book::expire(time_point now) {
  std::vector<network> over;
  if (now < next_end_) return over;
  next_end_ = {duration::max()};
  for (auto i = entries_.begin(); i != entries_.end();) {
    const auto here = i++;
    if (here->second.until > now) {
      next_end_ = std::min(next_end_, here->second.until);
      continue;
    }
    over.push_back(here->first);
    erase(here);
  }
  return over;
}

std::optional<time_point> ban_book::next_end() const {
  if (entries_.empty()) return std::nullopt;
  return next_end_;
}

}  // namespace mw::firewall

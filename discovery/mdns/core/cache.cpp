// cache: see cache.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/cache.h"

#include <algorithm>

namespace mw::mdns {
namespace {

constexpr duration grace = 1s;
constexpr int refreshes = 4;  // at 80, 85, 90 and 95 % of the time to live

}  // namespace

key key_of(const record& one) {
  const auto* target = std::get_if<name>(&one.content);
  return {target != nullptr && one.what == dns::type::ptr ? *target : one.about, one.what};
}

std::uint32_t cached::left(time_point now) const {
  if (!good(now)) return 0;
  return static_cast<std::uint32_t>((expires - now) / 1s);
}

// Up to 2 % later, so that not all hosts ask at once: the first one's answer serves them all.
void cache::schedule(cached& one) {
  if (one.refreshed >= refreshes) {
    one.refresh = never;
    return;
  }
  const double share = 0.8 + 0.05 * one.refreshed + 0.02 * dice_.unit();
  const auto life = static_cast<double>((one.expires - one.heard).count());
  one.refresh = one.heard + duration(static_cast<duration::rep>(life * share));
}

cache::outcome cache::take(const record& from, time_point now) {
  const key which = key_of(from);
  auto at = entries_.find(which);
  bool changed = false;
  if (at != entries_.end() && from.flush)
    for (cached& one : at->second)
      if (one.what.content != from.content && now - one.heard > grace &&
          now + grace < one.expires) {
        one.expires = now + grace;
        one.refresh = never;
      }
  if (from.ttl == 0) {
    if (at == entries_.end()) return outcome::nothing;
    for (cached& one : at->second)
      if (one.what.content == from.content) {
        one.expires = std::min(one.expires, now + grace);
        one.refresh = never;
      }
    return outcome::nothing;
  }
  if (at == entries_.end()) {
    if (count_ >= max_) return outcome::full;
    at = entries_.emplace(which, std::vector<cached>()).first;
    services_ += which.what == dns::type::ptr ? 1 : 0;
  }
  auto one = std::find_if(at->second.begin(), at->second.end(),
                          [&](const cached& old) { return old.what.content == from.content; });
  if (one == at->second.end()) {
    if (count_ >= max_ || at->second.size() >= of_one_key_max) return outcome::full;
    one = at->second.insert(one, {from, now, now, 0, never});
    ++count_;
    changed = true;
  }
  one->heard = now;
  one->expires = now + std::chrono::seconds(std::min(from.ttl, other_ttl));
  one->refreshed = 0;
  schedule(*one);
  return changed ? outcome::changed : outcome::nothing;
}

void cache::doubt(const key& which, duration patience, time_point now) {
  const auto at = entries_.find(which);
  if (at == entries_.end()) return;
  for (cached& one : at->second)
    if (now + patience < one.expires) {
      one.expires = now + patience;
      one.refresh = now + patience / 2;
      one.refreshed = refreshes - 1;
    }
}

void cache::drop(const key& which) {
  const auto at = entries_.find(which);
  if (at != entries_.end()) (void)erase(at);
}

cache::place cache::erase(place at) {
  count_ -= at->second.size();
  services_ -= at->first.what == dns::type::ptr ? 1 : 0;
  return entries_.erase(at);
}

bool cache::tick(time_point now, std::vector<key>& ask) {
  bool gone = false;
  for (auto at = entries_.begin(); at != entries_.end();) {
    const std::size_t removed =
        std::erase_if(at->second, [now](const cached& one) { return !one.good(now); });
    count_ -= removed;
    gone = gone || removed != 0;
    bool due = false;
    for (cached& one : at->second)
      if (one.refresh <= now) {
        due = true;
        ++one.refreshed;
        schedule(one);
        if (one.refresh <= now) one.refresh = never;
      }
    if (due) ask.push_back(at->first);
    at = at->second.empty() ? erase(at) : std::next(at);
  }
  return gone;
}

const std::vector<cached>* cache::find(const key& which) const {
  const auto at = entries_.find(which);
  return at == entries_.end() ? nullptr : &at->second;
}

time_point cache::next_due() const {
  time_point due = never;
  for (const auto& [which, all] : entries_)
    for (const cached& one : all) due = std::min({due, one.expires, one.refresh});
  return due;
}

}  // namespace mw::mdns

// table: see table.h.
// SPDX-License-Identifier: Apache-2.0
#include "common/presence/table.h"

#include <algorithm>

namespace mw::presence {
namespace {

constexpr std::uint32_t window = 64;

}  // namespace

bool table::accept(entry& one, const call& what) {
  if (what.life < one.life) return false;
  if (what.life > one.life) {
    one.life = what.life;
    one.newest = what.number;
    one.seen = 1;
    return true;
  }
  if (what.number > one.newest) {
    const std::uint32_t ahead = what.number - one.newest;
    one.seen = ahead >= window ? 1 : one.seen << ahead | 1;
    one.newest = what.number;
    return true;
  }
  const std::uint32_t behind = one.newest - what.number;
  if (behind >= window) return false;
  const std::uint64_t bit = std::uint64_t{1} << behind;
  if ((one.seen & bit) != 0) return false;
  one.seen |= bit;
  return true;
}

// Only those who are not listed make room: the living are not pushed out by those who come later.
bool table::make_room() {
  if (entries_.size() < rules_.peers_max) return true;
  auto oldest = entries_.end();
  for (auto at = entries_.begin(); at != entries_.end(); ++at)
    if (!at->second.listed && (oldest == entries_.end() || at->second.until < oldest->second.until))
      oldest = at;
  if (oldest == entries_.end()) return false;
  entries_.erase(oldest);
  return true;
}

table::outcome table::take(const call& one, time_point now) {
  auto at = entries_.find(one.id);
  if (at == entries_.end()) {
    if (one.what == kind::leave) return outcome::known;
    if (!make_room()) return outcome::full;
    at = entries_.emplace(one.id, entry{}).first;
  }
  entry& who = at->second;
  const bool newest = one.life > who.life || one.number > who.newest;
  if (!accept(who, one)) return outcome::replayed;
  if (!newest) return outcome::known;  // late: something younger was heard
  if (one.what == kind::leave) {
    const bool was = std::exchange(who.listed, false);
    who.until = now + rules_.remember;
    return was ? outcome::changed : outcome::known;
  }
  const duration interval =
      std::min<duration>(std::chrono::milliseconds(one.interval_ms), rules_.interval_max);
  // Half an interval more: packets are late, too, and senders draw their times.
  who.until = now + interval * rules_.missed + interval / 2 + 100ms;
  const bool same = who.listed && who.address == one.address && who.zone == one.zone;
  who.listed = true;
  who.address = one.address;
  who.zone = one.zone;
  return same ? outcome::known : outcome::changed;
}

bool table::tick(time_point now) {
  bool changed = false;
  for (auto at = entries_.begin(); at != entries_.end();) {
    entry& one = at->second;
    if (now < one.until) {
      ++at;
    } else if (one.listed) {
      one.listed = false;
      one.until = now + rules_.remember;
      changed = true;
      ++at;
    } else {
      at = entries_.erase(at);
    }
  }
  return changed;
}

sources::peer_list table::peers() const {
  sources::peer_list out;
  for (const auto& [id, one] : entries_)
    if (one.listed) out.push_back({.id = id, .address = one.address, .zone = one.zone});
  return out;
}

time_point table::next_due() const {
  time_point due{duration::max()};
  for (const auto& [id, one] : entries_) due = std::min(due, one.until);
  return due;
}

}  // namespace mw::presence

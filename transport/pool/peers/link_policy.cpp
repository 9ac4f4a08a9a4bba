// link_policy: see link_policy.h.
// SPDX-License-Identifier: Apache-2.0
#include "peers/link_policy.h"

#include <algorithm>

namespace mw::pool {

namespace {
bool too_old(const link_facts& one, time_point now) {
  return one.lifetime > duration::zero() && now - one.ready >= one.lifetime;
}

bool lasting(const link_facts& one, time_point now) {
  return !one.due && !(one.ours && too_old(one, now));
}
}  // namespace

bool loaded(const link_rules& rules, const link_facts& one) {
  return one.congested || std::uint64_t{one.open} * 10 >= std::uint64_t{rules.streams} * 7;
}

bool wants_dial(const link_rules& rules, const std::vector<link_facts>& links,
                const dial_facts& now) {
  if (!now.has_address || now.under_way > 0) return false;  // one at a time
  const auto last = static_cast<std::size_t>(std::count_if(
      links.begin(), links.end(), [&](const link_facts& one) { return lasting(one, now.at); }));
  const bool any_due = std::any_of(links.begin(), links.end(), [](auto& one) { return one.due; });
  // Somebody uses what is due, so it gets a successor even where none is kept open.
  if (last < std::max<std::size_t>(rules.wanted.low, any_due ? 1 : 0))
    return links.size() <= rules.wanted.high;
  if (links.empty()) return now.needed;
  const auto all_loaded = std::all_of(links.begin(), links.end(),
                                      [&](const link_facts& one) { return loaded(rules, one); });
  return all_loaded && links.size() < rules.wanted.high;
}

std::optional<closing> wants_close(const link_rules& rules, const std::vector<link_facts>& links,
                                   bool we_give_way, time_point now) {
  const auto ours = static_cast<std::size_t>(
      std::count_if(links.begin(), links.end(), [](const link_facts& one) { return one.ours; }));
  // What the other side dialled counts only for the one who gives way.
  const std::size_t counted = we_give_way ? links.size() : ours;

  std::optional<closing> found;
  time_point least{duration::max()};
  for (std::size_t i = 0; i < links.size(); ++i) {
    const link_facts& one = links[i];
    if (!one.ours && !one.due) continue;
    const bool idle = one.open == 0 && now - one.used >= rules.idle_timeout;
    const bool old = one.due || too_old(one, now);
    std::optional<close_reason> why;
    if (old && (one.due ? links.size() : counted) > std::max<std::size_t>(rules.wanted.low, 1))
      why = close_reason::lifetime;
    else if (!one.ours)
      continue;
    else if (counted > rules.wanted.high)
      why = close_reason::surplus;
    else if (idle && counted > rules.wanted.low)
      why = close_reason::idle;
    if (!why) continue;
    // The youngest surplus goes first: exchanges gather on the old ones. Else the least used.
    const time_point rank = *why == close_reason::surplus
                                ? time_point{duration::zero() - one.ready.since_start}
                                : one.used;
    const bool better =
        !found || (*why == close_reason::lifetime) > (found->why == close_reason::lifetime);
    if (better || (rank < least && *why == found->why)) found = closing{i, *why}, least = rank;
  }
  return found;
}

duration draw_lifetime(duration most, random_stream& random) {
  const auto tenth = static_cast<std::uint64_t>(most.count()) / 10;
  return most - duration(static_cast<std::int64_t>(random.below(tenth + 1)));
}

}  // namespace mw::pool

// standing: decay, threshold, doubling.
// SPDX-License-Identifier: Apache-2.0
#include "core/standing.h"

#include <cmath>

namespace mw::firewall {

duration cool_down(const cool_down_rules& rules, unsigned nth) {
  std::int64_t ns = rules.first.count();
  for (; nth > 0 && ns < rules.most.count(); --nth) ns = saturating_multiply(ns, 2);
  return duration(std::min<std::int64_t>(ns, rules.most.count()));
}

double standing::score(const cool_down_rules& rules, time_point now) const {
  if (score_ <= 0 || now <= scored_at_) return score_;
  const double halves = std::chrono::duration<double>(now - scored_at_).count() /
                        std::chrono::duration<double>(rules.half_life).count();
  return halves > 64 ? 0 : score_ * std::exp2(-halves);
}

void standing::calm_down(const cool_down_rules& rules, time_point now) {
  while (level_ > 0) {
    const time_point forgiven = later(ends_at_, cool_down(rules, level_ - 1u));
    if (now < forgiven) return;
    ends_at_ = forgiven;
    --level_;
  }
}

std::optional<duration> standing::offend(const cool_down_rules& rules, offence what,
                                         time_point now) {
  constexpr std::uint8_t level_max = 63;
  calm_down(rules, now);
  score_ = score(rules, now) + rules.weights[static_cast<std::size_t>(what) % offence_count];
  scored_at_ = now;
  if (score_ < rules.threshold) return std::nullopt;
  score_ = 0;
  const duration stay_away = cool_down(rules, level_);
  level_ = static_cast<std::uint8_t>(std::min<unsigned>(level_ + 1u, level_max));
  ends_at_ = later(now, stay_away);
  return stay_away;
}

// Those that cool down or often did stay longest; a few points a long time ago say little.
std::int64_t standing::weight(time_point now) const {
  if (level_ == 0 && (score_ <= 0 || now - scored_at_ > 1h)) return 0;
  const std::int64_t points = static_cast<std::int64_t>(std::min(score_, 1e6) * 1000);
  return saturating_add(std::int64_t{level_} * 1'000'000'000'000, points) + 1;
}

}  // namespace mw::firewall

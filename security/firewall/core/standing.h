// standing: how often an address has offended lately, and how long it has to stay away.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/bounded_table.h"
#include "core/meter.h"

#include <mw/admission.h>

#include <array>
#include <optional>

namespace mw::firewall {

inline constexpr std::size_t offence_count = 6;

struct cool_down_rules {
  bool enabled = true;
  double threshold = 10;
  duration half_life = 30s;
  duration first = 10s;
  duration most = 1h;
  std::array<double, offence_count> weights{1, 1, 5, 2, 0.1, 1};
};

// Points of offences, halved every half_life. At the threshold the address cools down: for `first`,
// then twice as long each time up to `most`. A quiet time as long as the last cool-down takes one
// doubling back.
class standing {
 public:
  // The cool-down that begins now, if one does.
  [[nodiscard]] std::optional<duration> offend(const cool_down_rules& rules, offence what,
                                               time_point now);
  [[nodiscard]] double score(const cool_down_rules& rules, time_point now) const;
  [[nodiscard]] std::int64_t weight(time_point now) const;

 private:
  void calm_down(const cool_down_rules& rules, time_point now);

  double score_ = 0;
  time_point scored_at_{};
  time_point ends_at_{};
  std::uint8_t level_ = 0;
};

// How long the cool-down number `nth` (from 0) lasts.
[[nodiscard]] duration cool_down(const cool_down_rules& rules, unsigned nth);

}  // namespace mw::firewall

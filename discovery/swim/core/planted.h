// planted: mistakes that tests put in by name, to measure what their checks find; none elsewhere.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mw::swim {

enum class planted_bug : std::uint8_t {
  none,
  equal_claims,       // a claim with the known incarnation counts as news
  slow_suspicion,     // confirmations do not shorten a suspicion
  silent_refutation,  // refuted without a higher incarnation
  untold_deaths,      // deaths are not passed on
  ignored_relays,     // answers to indirect probes are not handed on
  forgotten_failed,   // snapshots keep living members only
  endless_rumours,    // pieces of news are spread for ever
  one_target,         // the same member is probed again and again
  trusted_leaving,    // leaving needs no signature
  lifted_accused,     // an accusation lifts an incarnation as far as it likes
};
inline constexpr std::array<std::string_view, 11> planted_names{
    "none",          "equal_claims",    "slow_suspicion",   "silent_refutation",
    "untold_deaths", "ignored_relays",  "forgotten_failed", "endless_rumours",
    "one_target",    "trusted_leaving", "lifted_accused"};

#ifdef MW_SWIM_PLANTED
extern planted_bug planted_now;  // in testing/planted.cpp
[[nodiscard]] inline bool planted(planted_bug which) {
  return planted_now == which;
}
#else
[[nodiscard]] constexpr bool planted(planted_bug) {
  return false;
}
#endif

}  // namespace mw::swim

// suspicion: how long a suspect has to answer: shorter with each independent accuser (Lifeguard).
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/settings.h"

#include <mw/planted.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

namespace mw::swim {

// Independent confirmations that a suspicion waits for before it is at its shortest. Where there
// are not enough members to confirm, nobody is waited for.
[[nodiscard]] inline std::uint32_t confirmations_wanted(const settings& s, std::size_t members) {
  const auto wanted =
      s.suspicion_factor < 2 ? 0u : static_cast<std::uint32_t>(s.suspicion_factor) - 2;
  return members < wanted + 2 ? 0 : wanted;
}

[[nodiscard]] inline duration scaled(duration d, double by) {
  const double product = static_cast<double>(d.count()) * by;
  constexpr double most = 9.0e18;
  return duration(static_cast<std::int64_t>(product > most ? most : product));
}

[[nodiscard]] inline duration suspicion_min(const settings& s, std::size_t members) {
  const double scale = std::max(1.0, std::log10(std::max(1.0, static_cast<double>(members))));
  return scaled(s.probe_interval, s.suspicion_factor * scale);
}

class suspicion {
 public:
  suspicion(const settings& s, std::size_t members, const std::string& accuser, time_point now)
      : start_(now),
        min_(suspicion_min(s, members)),
        wanted_(confirmations_wanted(s, members)),
        max_(wanted_ == 0 ? min_ : scaled(min_, s.suspicion_max)) {
    accusers_.insert(accuser);
  }

  // True for an accuser that counts: it is new, and the suspicion is not at its shortest yet.
  [[nodiscard]] bool would_confirm(const std::string& accuser) const {
    return confirmed_ < wanted_ && accusers_.count(accuser) == 0;
  }
  bool confirm(const std::string& accuser) {
    if (!would_confirm(accuser)) return false;
    if (MW_PLANTED(slow_suspicion)) return true;
    accusers_.insert(accuser);
    ++confirmed_;
    return true;
  }

  [[nodiscard]] time_point deadline() const { return start_ + timeout() + discount_; }
  // When to look at it: at the deadline, or when a doubt about ourselves was put off to.
  [[nodiscard]] time_point due() const { return std::max(deadline(), not_before_); }
  void postpone(time_point until) { not_before_ = until; }
  // The latest moment at which a doubt about ourselves may postpone the end.
  [[nodiscard]] time_point latest() const { return start_ + max_ + discount_; }
  // Time during which this process stood still does not count. At most `max_` in all.
  void discount(duration stalled) { discount_ = std::min(discount_ + stalled, max_); }
  [[nodiscard]] std::uint32_t confirmed() const { return confirmed_; }

 private:
  [[nodiscard]] duration timeout() const {
    if (wanted_ == 0) return min_;
    const double part =
        std::log(static_cast<double>(confirmed_) + 1) / std::log(static_cast<double>(wanted_) + 1);
    return std::max(min_, max_ - scaled(max_ - min_, part));
  }

  time_point start_;
  duration min_;
  std::uint32_t wanted_;
  duration max_;
  duration discount_{};
  time_point not_before_{};
  std::uint32_t confirmed_ = 0;
  std::set<std::string> accusers_;
};

}  // namespace mw::swim

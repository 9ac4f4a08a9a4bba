// meter: a token bucket in eight bytes, with arithmetic that saturates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mw::firewall {

inline constexpr std::int64_t ns_max = std::numeric_limits<std::int64_t>::max();

[[nodiscard]] constexpr std::int64_t saturating_add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return b > 0 ? ns_max : std::numeric_limits<std::int64_t>::min();
}
[[nodiscard]] constexpr std::int64_t saturating_multiply(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) == (b < 0) ? ns_max : std::numeric_limits<std::int64_t>::min();
}
// Never before the start and never after the end of time.
[[nodiscard]] constexpr time_point later(time_point from, duration by) {
  return {duration(saturating_add(from.since_start.count(), by.count()))};
}

// How fast a bucket fills, and how much it holds.
struct pace {
  std::int64_t interval_ns = 0;  // per token; zero: no limit; ns_max: nothing ever
  std::int64_t depth_ns = 0;     // of a full bucket

  [[nodiscard]] static pace of(rate allowed, std::uint32_t burst) {
    if (!(allowed.per_second > 0)) return {ns_max, 0};
    const double interval = std::max(1.0, std::round(1e9 / allowed.per_second));
    const std::int64_t ns = interval < 9e18 ? static_cast<std::int64_t>(interval)
                                            : std::int64_t{9'000'000'000'000'000'000};
    return {ns, saturating_multiply(ns, std::max<std::uint32_t>(burst, 1))};
  }
};

// The time at which the bucket will be full again (a generic cell rate algorithm). Zero is full.
class meter {
 public:
  [[nodiscard]] std::int64_t tokens(const pace& p, time_point now) const {
    if (p.interval_ns == 0) return ns_max;
    if (p.interval_ns == ns_max) return 0;
    return std::max<std::int64_t>(0, p.depth_ns - debt(now)) / p.interval_ns;
  }
  // Takes up to `most` and returns how many.
  std::int64_t take_up_to(std::int64_t most, const pace& p, time_point now) {
    const std::int64_t taken = std::clamp<std::int64_t>(tokens(p, now), 0, most);
    if (p.interval_ns == 0 || taken == 0) return taken;
    full_at_ = saturating_add(std::max(full_at_, now.since_start.count()),
                              saturating_multiply(taken, p.interval_ns));
    return taken;
  }
  [[nodiscard]] bool take(const pace& p, time_point now) { return take_up_to(1, p, now) == 1; }
  // Nanoseconds until it is full.
  [[nodiscard]] std::int64_t debt(time_point now) const {
    const std::int64_t at = now.since_start.count();
    if (full_at_ <= at) return 0;
    std::int64_t left = 0;
    return __builtin_sub_overflow(full_at_, at, &left) ? ns_max : left;
  }

 private:
  std::int64_t full_at_ = 0;
};
static_assert(sizeof(meter) == 8);

}  // namespace mw::firewall

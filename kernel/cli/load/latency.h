// latency: a histogram of durations with about three digits, for load generators.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <bit>
#include <cstdint>

namespace mw::kernel::cli {

// Buckets double and are split in 128: at most 0.8 % error, from 1 ns to 2.4 hours.
class latency_histogram {
 public:
  void record(duration took) {
    const auto ns = static_cast<std::uint64_t>(took.count() < 0 ? 0 : took.count());
    ++buckets_[bucket_of(ns < highest ? ns : highest)];
    ++count_;
  }
  // The smallest duration that at least `share` (0 to 1) of all did not exceed; zero when empty.
  [[nodiscard]] duration at(double share) const;
  void add(const latency_histogram& other);
  void clear() { *this = {}; }
  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  static constexpr std::uint32_t sub_bits = 7;
  static constexpr std::uint64_t highest = (std::uint64_t{1} << 43) - 1;
  static constexpr std::size_t bucket_count = (43 - sub_bits + 1) << sub_bits;

  static constexpr std::size_t bucket_of(std::uint64_t ns) {
    if (ns < (1u << sub_bits)) return ns;
    const auto log = static_cast<std::uint32_t>(63 - std::countl_zero(ns));
    const std::uint64_t sub = (ns >> (log - sub_bits)) & ((1u << sub_bits) - 1);
    return (static_cast<std::size_t>(log - sub_bits + 1) << sub_bits) + sub;
  }
  static constexpr std::uint64_t top_of(std::size_t bucket) {
    if (bucket < (1u << sub_bits)) return bucket;
    const std::size_t shift = (bucket >> sub_bits) - 1;
    const std::uint64_t base = (1u << sub_bits) + (bucket & ((1u << sub_bits) - 1));
    return ((base + 1) << shift) - 1;
  }

  std::array<std::uint64_t, bucket_count> buckets_{};
  std::uint64_t count_ = 0;
};

}  // namespace mw::kernel::cli

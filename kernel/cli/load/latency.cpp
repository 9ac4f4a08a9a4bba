// latency: percentiles and sums of histograms.
// SPDX-License-Identifier: Apache-2.0
#include "latency.h"

#include <algorithm>
#include <cmath>

namespace mw::kernel::cli {

duration latency_histogram::at(double share) const {
  if (count_ == 0) return duration::zero();
  const auto wanted = static_cast<std::uint64_t>(
      std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < bucket_count; ++i) {
    seen += buckets_[i];
    if (seen >= std::max<std::uint64_t>(wanted, 1))
      return duration(static_cast<duration::rep>(top_of(i)));
  }
  return duration(static_cast<duration::rep>(highest));
}

void latency_histogram::add(const latency_histogram& other) {
  for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

}  // namespace mw::kernel::cli

// metric_snapshot: folds the fine buckets of histograms into those that Prometheus gets.
// SPDX-License-Identifier: Apache-2.0
#include "metric_snapshot.h"

#include <span>

namespace mw::kernel {

namespace {

constexpr std::size_t sum_at = histogram_cells::bucket_count;  // behind the buckets of `sums`

// The range people look at; everything below is in the first bucket, everything above in +Inf.
struct exposed_range {
  std::uint32_t first_power;
  std::uint32_t last_power;
  double scale;  // from recorded to exposed values
};

exposed_range range_of(histogram_unit unit) {
  switch (unit) {
    case histogram_unit::seconds:
      return {10, 36, 1e-9};  // 1 us .. 69 s
    case histogram_unit::bytes:
      return {6, 30, 1};  // 64 B .. 1 GiB
    case histogram_unit::items:
      return {0, 20, 1};
  }
  return {0, 20, 1};
}

}  // namespace

void add_histogram(const histogram_cells& cells, std::vector<std::uint64_t>& sums) {
  sums.resize(sum_at + 1);
  for (std::uint32_t i = 0; i < histogram_cells::bucket_count; ++i)
    sums[i] += cells.buckets[i].load(std::memory_order_relaxed);
  sums[sum_at] += cells.sum.load(std::memory_order_relaxed);
}

void finish_histogram(const std::vector<std::uint64_t>& sums, histogram_unit unit,
                      series_snapshot& out) {
  const exposed_range range = range_of(unit);
  std::uint32_t bucket = 0;
  std::uint64_t seen = 0;
  for (std::uint32_t power = range.first_power; power <= range.last_power; ++power) {
    // Values are whole numbers and buckets end below a power of two. For a duration one nanosecond
    // is nothing and the round bound reads better; a size or a number is bounded exactly.
    const std::uint64_t limit = (std::uint64_t{1} << power) - 1;
    while (bucket < sum_at && histogram_cells::upper_bound(bucket) <= limit) seen += sums[bucket++];
    const std::uint64_t shown = unit == histogram_unit::seconds ? limit + 1 : limit;
    out.buckets.emplace_back(static_cast<double>(shown) * range.scale, seen);
  }
  while (bucket < sum_at) seen += sums[bucket++];
  // Not the `count` cell: it may be one ahead of the buckets while a lane records.
  out.count = seen;
  out.sum = static_cast<double>(sums[sum_at]) * range.scale;
}

}  // namespace mw::kernel

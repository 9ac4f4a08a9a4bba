// metric_snapshot: the values of all metrics at one moment, summed over the lanes.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "metric_names.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mw::kernel {

struct series_snapshot {
  label_set labels;
  double value = 0;  // of counters and gauges
  // Of histograms, in the metric's unit: how many values were at most `first`.
  std::uint64_t count = 0;
  double sum = 0;
  std::vector<std::pair<double, std::uint64_t>> buckets;
};

struct family_snapshot {
  std::string name;
  std::string help;
  metric_kind kind = metric_kind::counter;
  std::vector<series_snapshot> series;
};

// Adds the cells of several lanes into one histogram with a bucket per power of two.
void add_histogram(const histogram_cells& cells, std::vector<std::uint64_t>& sums);
void finish_histogram(const std::vector<std::uint64_t>& sums, histogram_unit unit,
                      series_snapshot& out);

}  // namespace mw::kernel

// metric_cells: memory for the cells of one lane; no two lanes share a cache line.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/metrics.h>

#include <array>
#include <cstddef>
#include <memory>
#include <vector>

namespace mw::kernel {

// Cells never move and live as long as the registry: handles point at them.
class metric_cells {
 public:
  metric_cell& make_cell() {
    if (used_ == cells_per_line) {
      lines_.push_back(std::make_unique<line>());
      used_ = 0;
    }
    return lines_.back()->cells[used_++];
  }
  histogram_cells& make_histogram() {
    histograms_.push_back(std::make_unique<aligned_histogram>());
    return histograms_.back()->cells;
  }

 private:
  static constexpr std::size_t line_bytes = 64;
  static constexpr std::size_t cells_per_line = line_bytes / sizeof(metric_cell);
  struct alignas(line_bytes) line {
    std::array<metric_cell, cells_per_line> cells{};
  };
  struct alignas(line_bytes) aligned_histogram {
    histogram_cells cells;
  };
  std::vector<std::unique_ptr<line>> lines_;
  std::size_t used_ = cells_per_line;
  std::vector<std::unique_ptr<aligned_histogram>> histograms_;
};

}  // namespace mw::kernel

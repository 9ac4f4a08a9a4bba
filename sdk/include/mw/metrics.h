// metrics: handles that cost a few nanoseconds, because each cell belongs to one lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <atomic>
#include <bit>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace mw {

// One lane writes a cell, scrapes read it: relaxed loads and stores, never a locked instruction.
using metric_cell = std::atomic<std::uint64_t>;

// Counts things. Names end in `_total`.
class counter {
 public:
  explicit counter(metric_cell& cell) : cell_(&cell) {}
  void add(std::uint64_t n = 1) const {
    cell_->store(cell_->load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t value() const { return cell_->load(std::memory_order_relaxed); }

 private:
  metric_cell* cell_;
};

// A level that goes up and down.
class gauge {
 public:
  explicit gauge(metric_cell& cell) : cell_(&cell) {}
  void set(double value) const {
    cell_->store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }
  void add(double delta) const { set(value() + delta); }
  [[nodiscard]] double value() const {
    return std::bit_cast<double>(cell_->load(std::memory_order_relaxed));
  }

 private:
  metric_cell* cell_;
};

// Buckets grow by a factor of two and are split in four: at most 12.5 % error over the whole range
// of u64. Exposed in the histogram's unit with one bucket per power of two.
struct histogram_cells {
  static constexpr std::uint32_t sub_bits = 2;
  static constexpr std::uint32_t bucket_count = (64 - sub_bits + 1) << sub_bits;
  metric_cell count{0};
  metric_cell sum{0};
  metric_cell buckets[bucket_count] = {};

  [[nodiscard]] static constexpr std::uint32_t bucket_of(std::uint64_t value) {
    if (value < (1u << sub_bits)) return static_cast<std::uint32_t>(value);
    const auto log = static_cast<std::uint32_t>(63 - std::countl_zero(value));
    const auto sub = static_cast<std::uint32_t>(value >> (log - sub_bits)) & ((1u << sub_bits) - 1);
    return ((log - sub_bits + 1) << sub_bits) + sub;
  }
  // The largest value that falls into bucket `index`.
  [[nodiscard]] static constexpr std::uint64_t upper_bound(std::uint32_t index) {
    if (index < (1u << sub_bits)) return index;
    const std::uint32_t shift = (index >> sub_bits) - 1;
    const std::uint64_t base = (std::uint64_t{1} << sub_bits) + (index & ((1u << sub_bits) - 1));
    return ((base + 1) << shift) - 1;
  }
};

// Records durations (in nanoseconds, exposed in seconds) or sizes (in bytes).
class histogram {
 public:
  explicit histogram(histogram_cells& cells) : cells_(&cells) {}
  void record(std::uint64_t value) const {
    bump(cells_->buckets[histogram_cells::bucket_of(value)], 1);
    bump(cells_->count, 1);
    bump(cells_->sum, value);
  }
  void record(duration d) const {
    record(d.count() < 0 ? 0 : static_cast<std::uint64_t>(d.count()));
  }
  [[nodiscard]] const histogram_cells& cells() const { return *cells_; }

 private:
  static void bump(metric_cell& cell, std::uint64_t n) {
    cell.store(cell.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  histogram_cells* cells_;
};

using labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

enum class histogram_unit : std::uint8_t { seconds, bytes, items };

// Implemented by the kernel. Names are `mw_<plugin>_<what>_<unit|total>`; help is one sentence. The
// same name and labels give the same cell. A bad or clashing name fails the plug-in's construction
// with the reason. Series per name are bounded: beyond the bound all further label sets share one
// series whose labels read "other".
class metric_service {
 public:
  virtual counter make_counter(std::string_view name, std::string_view help, labels l) = 0;
  virtual gauge make_gauge(std::string_view name, std::string_view help, labels l) = 0;
  virtual histogram make_histogram(std::string_view name, std::string_view help,
                                   histogram_unit unit, labels l) = 0;

 protected:
  ~metric_service() = default;
};

}  // namespace mw

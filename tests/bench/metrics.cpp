// metrics: what a counter and a histogram cost per call, beside prometheus-cpp's own.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"

#include <mw/metrics.h>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <memory>

namespace {

// Latencies spread over six decimal orders, as a node sees them.
std::uint64_t latency_ns(std::uint64_t i) {
  return (i * 2654435761U) % 1'000'000'000U + 100;
}

mw::bench::table counters() {
  mw::bench::table t("metrics counter add", "ns", {"prometheus", "plain"});
  auto cell = std::make_shared<mw::metric_cell>(0);
  t.add("meshwright", [cell](std::uint64_t items) {
    const mw::counter count(*cell);
    for (std::uint64_t i = 0; i < items; ++i) {
      count.add();
      mw::bench::keep(cell);
    }
  });
  auto theirs = std::make_shared<prometheus::Counter>();
  t.add("prometheus", [theirs](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) theirs->Increment();
  });
  auto number = std::make_shared<std::uint64_t>(0);
  t.add("plain", [number](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) {
      ++*number;
      mw::bench::keep(number);
    }
  });
  return t;
}

mw::bench::table histograms() {
  mw::bench::table t("metrics histogram record", "ns", {"prometheus"});
  auto cells = std::make_shared<mw::histogram_cells>();
  t.add("meshwright", [cells](std::uint64_t items) {
    const mw::histogram record(*cells);
    for (std::uint64_t i = 0; i < items; ++i) record.record(latency_ns(i));
    mw::bench::keep(cells);
  });
  // As many bounds as ours shows on a scrape: one for each power of two.
  prometheus::Histogram::BucketBoundaries bounds;
  for (double bound = 1; bound < 1e12; bound *= 2) bounds.push_back(bound);
  auto theirs = std::make_shared<prometheus::Histogram>(bounds);
  t.add("prometheus", [theirs](std::uint64_t items) {
    for (std::uint64_t i = 0; i < items; ++i) theirs->Observe(static_cast<double>(latency_ns(i)));
  });
  return t;
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_tables(argc, argv, {counters(), histograms()}, 2'000'000);
}

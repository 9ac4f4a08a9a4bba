// latency_test: percentiles are within the promised error.
// SPDX-License-Identifier: Apache-2.0
#include "latency.h"

#include <doctest/doctest.h>

namespace mw::kernel::cli {
TEST_CASE("latency: percentiles are within 0.8 percent") {
  latency_histogram all;
  CHECK(all.at(0.5) == mw::duration::zero());
  for (int i = 1; i <= 100000; ++i) all.record(mw::duration(i * 1000));
  for (const double share : {0.001, 0.5, 0.99, 0.999, 1.0}) {
    const double exact = share * 1e8;
    const auto got = static_cast<double>(all.at(share).count());
    CHECK(got >= exact);
    CHECK(got <= exact * 1.0079 + 1);
  }
}

TEST_CASE("latency: odd values stay inside, histograms add up") {
  latency_histogram one;
  one.record(mw::duration(-5));
  one.record(24h);
  latency_histogram both;
  both.record(7ns);
  both.add(one);
  CHECK(both.count() == 3);
  CHECK(both.at(0.01) == mw::duration::zero());
  CHECK(both.at(0.5) == 7ns);
  CHECK(both.at(1) > 2h);
}

}  // namespace mw::kernel::cli

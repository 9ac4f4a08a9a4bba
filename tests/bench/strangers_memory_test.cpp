// strangers_memory_test: what those who have not said who they are can make a node allocate.
// SPDX-License-Identifier: Apache-2.0
#include "strangers.h"

#include <doctest/doctest.h>

#include <string>

namespace mw::pool {
TEST_CASE("strangers: no input before the handshake costs more than ten times its size") {
  for (const stranger& one : strangers()) {
    CAPTURE(one.kind);
    const double times = amplification(one.words, one.cut);
    CAPTURE(times);
    CHECK(times <= 10);
  }
}

TEST_CASE("strangers: a connection that says nothing stays below 64 KiB") {
  const std::uint64_t before = bench::allocated_bytes();
  const settings with;
  wire_end end(with);
  CHECK(bench::allocated_bytes() - before < 64 * 1024);
}

}  // namespace mw::pool

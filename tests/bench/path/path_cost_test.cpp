// path_cost_test: from typed send to typed handler and back no memory is asked for, on either side.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "two_ends.h"

#include <doctest/doctest.h>

namespace mw::bench {
namespace {

// Steady state: the same work was done before. What the test itself posts is not the path's.
template <class Work>
std::uint64_t allocations_in(Work work) {
  work();
  const std::uint64_t before = allocation_count();
  work();
  return allocation_count() - before;
}

constexpr std::uint64_t many = 20'000;
// Posts of the test and whatever time brings: timers, a clock that wraps.
constexpr std::uint64_t few = many / 100;

TEST_CASE("a message allocates nothing from typed send to typed handler") {
  two_ends ends;
  CHECK(allocations_in([&] { ends.oneway(many, 64); }) < few);
  CHECK(allocations_in([&] { ends.oneway(many, 1024); }) < few);
}

TEST_CASE("a call allocates nothing from typed call to typed reply") {
  two_ends ends;
  CHECK(allocations_in([&] { ends.calls(many, 64, 64); }) < few);
  CHECK(allocations_in([&] { ends.calls(many, 64, 1024); }) < few);
  CHECK(allocations_in([&] { ends.calls(many, 1024, 1); }) < few);
}

}  // namespace
}  // namespace mw::bench

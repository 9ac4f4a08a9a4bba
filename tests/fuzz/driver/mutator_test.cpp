// mutator_test: mutations repeat by seed, differ between seeds and stay within their bound.
// SPDX-License-Identifier: Apache-2.0
#include "mutator.h"

#include <doctest/doctest.h>

#include <set>

namespace mw::fuzz {
namespace {

const std::vector<input> corpus{{'a', 'b', 'c', 'd'}, {}, {'1', '2'}};

TEST_CASE("mutator: one seed, one sequence") {
  mutator first(7);
  mutator second(7);
  mutator other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const input made = first.next(corpus);
    CHECK(made == second.next(corpus));
    differs = differs || made != other.next(corpus);
  }
  CHECK(differs);
}

TEST_CASE("mutator: inputs grow, shrink and vary, within the bound") {
  mutator one(1);
  std::set<input> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(one.next(corpus));
  CHECK(seen.size() > 500);
  CHECK(seen.contains(input{}));

  const std::vector<input> huge{input(input_size_max, 'x')};
  for (int i = 0; i < 50; ++i) CHECK(one.next(huge).size() <= input_size_max);
}

}  // namespace
}  // namespace mw::fuzz

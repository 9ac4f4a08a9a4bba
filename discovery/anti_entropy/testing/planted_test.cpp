// planted_test: each mistake planted in the core is found within a few seeds of the swarm.
// SPDX-License-Identifier: Apache-2.0
#include "testing/swarm.h"

#include <mw/planted.h>

#include <doctest/doctest.h>

namespace mw::anti_entropy::testing {
namespace {

constexpr std::uint64_t budget = 5;  // seeds

std::string run_seed(std::uint64_t seed) {
  swarm s(seed);
  s.run(300, true);
  s.settle(false);
  return s.wrong();
}

void find(const std::string& bug, const std::string& found_by) {
  planted_bug() = bug;
  std::string found;
  std::uint64_t seed = 1;
  for (; seed <= budget && found.empty(); ++seed) found = run_seed(seed);
  planted_bug() = "none";
  MESSAGE(bug, " took ", seed - 1, " seeds: ", found);
  CHECK_MESSAGE(found.find(found_by) != std::string::npos, bug);
}

}  // namespace

TEST_CASE("planted: without a mistake the same build keeps every promise") {
  for (std::uint64_t seed = 1; seed <= budget; ++seed) CHECK(run_seed(seed) == "");
}

TEST_CASE("planted: mistakes are found") {
  find("removed_value_returns", "a question is refused");
  find("counted_twice", "counted twice");
  find("tree_keeps_old", "differs");
  find("number_comes_again", "a write was lost");
}

}  // namespace mw::anti_entropy::testing

// seeds_test: many seeds under all faults, and the seeds that once failed.
// SPDX-License-Identifier: Apache-2.0
#include "cluster_run.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

namespace mw::tests {

namespace {

void check_seeds(std::uint64_t first, std::uint64_t last) {
  for (std::uint64_t seed = first; seed <= last; ++seed) CHECK(run_cluster({.seed = seed}) == "");
}

}  // namespace

TEST_CASE("seeds 1 to 250") {
  check_seeds(1, 250);
}

TEST_CASE("seeds 251 to 500") {
  check_seeds(251, 500);
}

TEST_CASE("kept: seeds that once failed hold") {
  std::ifstream file(std::string(MW_SIM_TESTS) + "/seeds.txt");
  REQUIRE(file.good());
  std::string line;
  std::size_t count = 0;
  while (std::getline(file, line)) {
    cluster_run run;
    std::string length;
    std::istringstream words(line.substr(0, line.find('#')));
    if (!(words >> run.seed >> run.faults >> length)) continue;
    run.length = parse_duration(length).value();
    CHECK(run_cluster(run) == "");
    ++count;
  }
  CHECK(count > 0);
}

}  // namespace mw::tests

// health_opinions_test: who counts, who is replaced, and what happens when there is no room.
// SPDX-License-Identifier: Apache-2.0
#include <mw/toolkit/health_opinions.h>

#include <doctest/doctest.h>

#include <limits>

namespace mw {
namespace {

health_changed said(std::string by, double score, std::string subject = "n2") {
  return {.subject = std::move(subject), .score = score, .reason = "why", .by = std::move(by)};
}

}  // namespace

TEST_CASE("health: the lowest score of all reporters counts") {
  health_opinions all;
  CHECK(all.score_of("n2") == 1);
  CHECK(all.hear(said("phi", 0.3)));
  CHECK(all.hear(said("checks", 0.6)));
  CHECK(all.score_of("n2") == 0.3);
  CHECK(all.hear(said("phi", 1)));  // taken back; the other's stays
  CHECK(all.score_of("n2") == 0.6);
  REQUIRE(all.of("n2") != nullptr);
  CHECK(all.of("n2")->front().by == "checks");
  CHECK(all.of("n2")->size() == 2);
  CHECK(all.hear(said("checks", 1)));
  CHECK(all.score_of("n2") == 1);
  all.forget("n2");
  CHECK(all.of("n2") == nullptr);
}

TEST_CASE("health: scores that are none are refused") {
  health_opinions all;
  for (const double score : {-0.1, 1.1, std::numeric_limits<double>::quiet_NaN()})
    CHECK(!all.hear(said("phi", score)));
  CHECK(all.size() == 0);
}

TEST_CASE("health: bounds make room by forgetting what is good, never what is bad") {
  health_opinions all(3);
  CHECK(all.hear(said("phi", 0, "a")));
  CHECK(all.hear(said("phi", 1, "b")));
  CHECK(all.hear(said("phi", 0.5, "c")));
  CHECK(all.hear(said("phi", 0, "d")));  // instead of b
  CHECK(all.of("b") == nullptr);
  CHECK(!all.hear(said("phi", 0, "e")));
  CHECK(all.score_of("a") == 0);
  health_opinions many;
  for (std::size_t i = 0; i < health_opinions::reporters_max; ++i)
    CHECK(many.hear(said("r" + std::to_string(i), i == 0 ? 1 : 0.5)));
  CHECK(many.hear(said("late", 0.4)));  // instead of the one that found nothing
  CHECK(!many.hear(said("later", 0.1)));
  CHECK(many.score_of("n2") == 0.4);
}

}  // namespace mw

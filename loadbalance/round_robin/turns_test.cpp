// turns_test: shares hold in every stretch, lists change without a herd, avoided ones keep a place.
// SPDX-License-Identifier: Apache-2.0
#include "turns.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <set>

using round_robin::turns;

namespace {

std::vector<mw::candidate> with_weights(const std::vector<double>& weights) {
  std::vector<mw::candidate> list;
  for (std::size_t i = 0; i < weights.size(); ++i)
    list.push_back({.key = i + 1, .zone = {}, .weight = weights[i]});
  return list;
}

}  // namespace

TEST_CASE("turns: after any number of picks everybody is within one turn of their share") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    mw::random_stream random(seed);
    std::vector<double> weights(1 + random.below(12));
    double sum = 0;
    for (double& weight : weights) sum += weight = static_cast<double>(1 + random.below(9));
    turns subject;
    subject.assign(with_weights(weights), random);
    std::map<mw::candidate_key, double> picks;
    for (int n = 1; n <= 500; ++n) {
      const auto key = subject.pick({});
      REQUIRE(key);
      ++picks[*key];
      // The random start moves everybody by at most one turn; the order by at most one more.
      for (std::size_t i = 0; i < weights.size(); ++i)
        REQUIRE(std::abs(picks[i + 1] - n * weights[i] / sum) < 2.0);
    }
  }
}

TEST_CASE("turns: equal weights alternate strictly") {
  mw::random_stream random(3);
  turns subject;
  subject.assign(with_weights({1, 1, 1, 1}), random);
  std::vector<mw::candidate_key> first;
  for (int i = 0; i < 4; ++i) first.push_back(*subject.pick({}));
  CHECK(std::set(first.begin(), first.end()).size() == 4);
  for (int round = 0; round < 100; ++round)
    for (const mw::candidate_key key : first) CHECK(subject.pick({}) == key);
}

TEST_CASE("turns: who is avoided keeps the place in the queue, and nobody is left when all are") {
  mw::random_stream random(5);
  turns subject;
  subject.assign(with_weights({1, 1, 1}), random);
  const std::vector<mw::candidate_key> two{1, 2};
  CHECK(subject.pick(two) == 3);
  const auto next = subject.pick({});
  CHECK(next != 3);
  CHECK_FALSE(subject.pick(std::vector<mw::candidate_key>{1, 2, 3}));
  CHECK(subject.size() == 3);
  std::map<mw::candidate_key, int> picks;
  for (int i = 0; i < 300; ++i) ++picks[*subject.pick({})];
  for (const auto& [key, count] : picks) CHECK(count == 100);
}

TEST_CASE("turns: one that was avoided for long does not get everything afterwards") {
  mw::random_stream random(5);
  turns subject;
  subject.assign(with_weights({1, 1}), random);
  const std::vector<mw::candidate_key> one{1};
  for (int i = 0; i < 1000; ++i) CHECK(subject.pick(one) == 2);
  int in_a_row = 0;
  while (subject.pick({}) == 1) ++in_a_row;
  CHECK(in_a_row <= 2);
}

TEST_CASE("turns: many callers that learn of a newcomer do not all ask it first") {
  int newcomer_first = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    mw::random_stream random(seed);
    turns subject;
    subject.assign(with_weights({1, 1, 1}), random);
    for (int i = 0; i < 100; ++i) (void)subject.pick({});
    subject.assign(with_weights({1, 1, 1, 1}), random);
    if (subject.pick({}) == 4) ++newcomer_first;
  }
  CHECK(newcomer_first > 40);  // it is not left out either
  CHECK(newcomer_first < 250);
}

TEST_CASE("turns: a list that changes keeps the turns of those that stay") {
  mw::random_stream random(9);
  turns subject;
  const auto three = with_weights({1, 1, 1});
  subject.assign(three, random);
  const auto first = subject.pick({});
  subject.assign(three, random);
  CHECK(subject.pick({}) != first);
  subject.assign({}, random);
  CHECK_FALSE(subject.pick({}));
}

TEST_CASE("turns: odd weights and very many picks do no harm") {
  mw::random_stream random(9);
  turns subject;
  subject.assign(with_weights({0, 1e300, 1, 0.5}), random);
  std::map<mw::candidate_key, int> picks;
  for (int i = 0; i < 3'000'000; ++i) ++picks[*subject.pick({})];
  CHECK(picks[2] > 2'900'000);
  mw::random_stream again(2);
  subject.assign(with_weights({1, 1}), again);
  picks.clear();
  for (int i = 0; i < 3'000'000; ++i) ++picks[*subject.pick({})];
  CHECK(std::abs(picks[1] - 1'500'000) <= 1);
}

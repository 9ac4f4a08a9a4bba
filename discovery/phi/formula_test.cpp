// formula_test: what silence amounts to, by each formula.
// SPDX-License-Identifier: Apache-2.0
#include "core/formula.h"

#include <mw/random.h>

#include <doctest/doctest.h>

#include <cmath>

namespace mw::phi {
namespace {

formula_rules by(formula which) {
  formula_rules rules;
  rules.which = which;
  return rules;
}

// The silence at which phi reaches 8, to a millisecond; 2 minutes: it does not.
duration suspect_after(const silence_model& model) {
  for (duration t = 0s; t < 120s; t += 1ms)
    if (model.phi(t) >= 8) return t;
  return 120s;
}

void regular_beats(silence_model& model, int count) {
  for (int i = 1; i <= count; ++i) model.learn(1s, true, {i * 1s});
}

}  // namespace

TEST_CASE("formula: akka's default is suspect about 4.5 s after the last beat") {
  const formula_rules rules = by(formula::akka);
  silence_model model(rules);
  CHECK(model.samples() == 2);
  regular_beats(model, 2000);
  CHECK(model.samples() == 1000);
  const duration at = suspect_after(model);
  CHECK(at > 4450ms);
  CHECK(at < 4600ms);
}

TEST_CASE("formula: cassandra is suspect after 18.4 mean intervals, whatever their spread") {
  const formula_rules rules = by(formula::cassandra);
  silence_model model(rules);
  regular_beats(model, 1000);
  const duration at = suspect_after(model);
  CHECK(at > 18400ms);
  CHECK(at < 18450ms);
  model.learn(3s, true, {2000s});  // beyond two intervals: not counted
  CHECK(suspect_after(model) == at);
}

TEST_CASE("formula: ours lies between its margins, whatever was seen") {
  const formula_rules rules = by(formula::meshwright);
  silence_model fresh(rules);
  CHECK(fresh.phi(1s) == 0);
  CHECK(suspect_after(fresh) == 4500ms);  // nothing is known: the longer margin
  silence_model quiet(rules);
  regular_beats(quiet, 1000);
  CHECK(suspect_after(quiet) == 4200ms);
  silence_model bad(rules);
  for (int i = 0; i < 1000; ++i) bad.learn(i % 3 == 0 ? 20s : 1s, true, {i * 1s});
  CHECK(suspect_after(bad) == 4500ms);
}

TEST_CASE("formula: phi grows with silence, and is a number, for any history") {
  random_stream dice(5);
  for (const formula which : {formula::meshwright, formula::akka, formula::cassandra}) {
    const formula_rules rules = by(which);
    for (int run = 0; run < 50; ++run) {
      silence_model model(rules);
      time_point now{};
      const auto samples = dice.below(2000);
      for (std::uint64_t i = 0; i < samples; ++i) {
        const duration gap(static_cast<std::int64_t>(dice.below(1 + dice.below(30'000'000'000))));
        now = now + gap;
        model.learn(gap, dice.chance(0.9), now);
      }
      double before = 0;
      for (duration t = 0s; t < 60s; t += 97ms) {
        const double phi = model.phi(t);
        CHECK(std::isfinite(phi));
        CHECK(phi >= before - 1e-9);
        before = phi;
      }
    }
  }
}

TEST_CASE("history: phi says how rare a lateness is") {
  random_stream dice(9);
  lateness_history history(10h);
  constexpr int samples = 200'000;
  std::vector<double> drawn;
  for (int i = 0; i < samples; ++i) {
    const double late = -0.2 * std::log(1 - dice.unit());  // exponential, mean 200 ms
    drawn.push_back(late);
    history.add(std::chrono::duration_cast<duration>(std::chrono::duration<double>(late)),
                {i * 100ms});
  }
  for (const double level : {0.5, 1.0, 2.0, 3.0}) {
    double reached = 0;
    for (const double late : drawn)
      reached +=
          history.phi(std::chrono::duration_cast<duration>(std::chrono::duration<double>(late))) >=
                  level
              ? 1
              : 0;
    const double predicted = std::pow(10, -level) * samples;
    CHECK(reached < 2 * predicted);
    CHECK(reached > predicted / 2);
  }
}

TEST_CASE("history: a bad hour is forgotten") {
  lateness_history history(1h);
  for (int i = 0; i < 3600; ++i) history.add(i % 2 == 0 ? 2s : 0s, {i * 1s});
  const double bad = history.phi(1900ms);
  for (int i = 3600; i < 16 * 3600; ++i) history.add(0s, {i * 1s});
  CHECK(history.phi(1900ms) > bad + 3);
}

}  // namespace mw::phi

// formula: see formula.h.
// SPDX-License-Identifier: Apache-2.0
#include "core/formula.h"

#include <algorithm>
#include <cmath>

namespace mw::phi {
namespace {

constexpr std::size_t window_max = 1000;

}  // namespace

silence_model::silence_model(const formula_rules& rules)
    : rules_(&rules), lateness_(rules.half_life) {
  if (rules.which == formula::meshwright) return;
  window_.seconds.reserve(16);
  const double beat = seconds(rules.beat);
  if (rules.which == formula::akka) {
    window_.add(beat - beat / 4);  // as if two beats had been heard, with some spread
    window_.add(beat + beat / 4);
  } else {
    window_.add(2 * beat);
  }
}

void silence_model::learn(duration gap, bool trusted, time_point now) {
  switch (rules_->which) {
    case formula::meshwright:
      return lateness_.add(std::max(gap - rules_->beat, duration::zero()), now);
    case formula::akka:
      if (trusted) window_.add(seconds(gap));
      return;
    case formula::cassandra:
      if (gap <= 2 * rules_->beat) window_.add(seconds(gap));
      return;
  }
}

double silence_model::phi(duration silence) const {
  switch (rules_->which) {
    case formula::meshwright:
      return ours(silence);
    case formula::akka:
      return akka(seconds(silence));
    case formula::cassandra:
      return cassandra(seconds(silence));
  }
  return 0;
}

std::size_t silence_model::samples() const {
  return rules_->which == formula::meshwright ? static_cast<std::size_t>(lateness_.samples())
                                              : window_.seconds.size();
}

double silence_model::ours(duration silence) const {
  const duration late = silence - rules_->beat;
  if (late <= duration::zero()) return 0;
  const double most = rules_->threshold * seconds(late) / seconds(rules_->margin_low);
  const double least = rules_->threshold * seconds(late) / seconds(rules_->margin_high);
  return std::clamp(lateness_.phi(late), least, most);
}

double silence_model::akka(double silence) const {
  const double deviation = std::max(window_.deviation(), seconds(rules_->deviation_min));
  const double mean = window_.mean() + seconds(rules_->pause);
  const double y = (silence - mean) / deviation;
  const double e = std::exp(-y * (1.5976 + 0.070566 * y * y));
  const double tail = silence > mean ? e / (1 + e) : 1 - 1 / (1 + e);
  return tail <= 0 ? 300 : -std::log10(tail);
}

double silence_model::cassandra(double silence) const {
  return silence / window_.mean() / std::log(10.0);
}

void silence_model::window::add(double s) {
  if (seconds.size() < window_max) {
    seconds.push_back(static_cast<float>(s));
  } else {
    const double old = seconds[next];
    sum -= old;
    squares -= old * old;
    seconds[next] = static_cast<float>(s);
    next = (next + 1) % window_max;
  }
  const double kept = static_cast<float>(s);
  sum += kept;
  squares += kept * kept;
}

double silence_model::window::deviation() const {
  const auto n = static_cast<double>(seconds.size());
  return std::sqrt(std::max(0.0, squares / n - mean() * mean()));
}

}  // namespace mw::phi

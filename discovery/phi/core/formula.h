// formula: from silence to phi, our way and as Akka and Cassandra do it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/history.h"

#include <mw/types.h>

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mw::phi {

enum class formula : std::uint8_t { meshwright, akka, cassandra };
constexpr std::array<std::string_view, 3> option_names(formula) {
  return {"meshwright", "akka", "cassandra"};
}

struct formula_rules {
  formula which = formula::meshwright;
  double threshold = 8;
  duration beat = 1s;             // a healthy peer is heard at least as often
  duration margin_low = 3200ms;   // silence beyond the beat: never suspect before ...
  duration margin_high = 3500ms;  // ... and always after; history decides between
  duration half_life = 1h;
  duration pause = 3s;             // akka: acceptable heartbeat pause
  duration deviation_min = 100ms;  // akka
};

// What one peer's silences have taught. meshwright: bounded on both sides, so that a quiet network
// does not make it hasty and a bad one does not make it blind.
class silence_model {
 public:
  explicit silence_model(const formula_rules& rules);

  // A silence has ended, after `gap`. `trusted`: the peer was not suspect meanwhile.
  void learn(duration gap, bool trusted, time_point now);
  [[nodiscard]] double phi(duration silence) const;
  [[nodiscard]] std::size_t samples() const;

 private:
  // The last thousand intervals, for the formulas that want a mean.
  struct window {
    std::vector<float> seconds;
    std::size_t next = 0;
    double sum = 0;
    double squares = 0;
    void add(double s);
    [[nodiscard]] double mean() const { return sum / static_cast<double>(seconds.size()); }
    [[nodiscard]] double deviation() const;
  };
  [[nodiscard]] double ours(duration silence) const;
  [[nodiscard]] double akka(double silence) const;
  [[nodiscard]] double cassandra(double silence) const;

  const formula_rules* rules_;  // outlives this
  lateness_history lateness_;
  window window_;
};

}  // namespace mw::phi

// vivaldi: where this node stands among the others, learned from round-trip times.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/random.h>

#include <cstddef>
#include <deque>
#include <map>
#include <string>

namespace mw::swim {

// Estimated round-trip time in seconds.
[[nodiscard]] double distance(const coordinate& a, const coordinate& b);
// Finite everywhere and within what round trips can be (10 s). Others spread through the cluster
// like a virus.
[[nodiscard]] bool plausible(const coordinate& c);

class vivaldi {
 public:
  explicit vivaldi(random_stream& random) : random_(random) {}

  // One measured round trip to a node that says it stands at `other`. False: not believed.
  bool update(const std::string& node, const coordinate& other, duration rtt);
  void forget(const std::string& node) { recent_.erase(node); }
  [[nodiscard]] const coordinate& here() const { return here_; }
  // Grows each time this node has moved so far that others should know.
  [[nodiscard]] std::uint64_t moves() const { return moves_; }
  [[nodiscard]] std::uint64_t resets() const { return resets_; }

 private:
  [[nodiscard]] double median_of_recent(const std::string& node, double rtt);
  void pull(const coordinate& other, double rtt);
  void adjust(const coordinate& other, double rtt);
  void step_away(const coordinate& from, double force);

  random_stream& random_;
  coordinate here_;
  coordinate told_;
  std::uint64_t moves_ = 0;
  std::uint64_t resets_ = 0;
  std::map<std::string, std::deque<double>> recent_;  // three round trips each
  std::deque<double> errors_;                         // for the adjustment
};

}  // namespace mw::swim

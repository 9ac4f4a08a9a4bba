// vivaldi: the update rule of the paper, with height and adjustment as serf has them.
// SPDX-License-Identifier: Apache-2.0
#include "core/vivaldi.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace mw::swim {

namespace {

constexpr double error_max = 1.5;
constexpr double error_gain = 0.25;
constexpr double move_gain = 0.25;
constexpr double height_min = 10.0e-6;
constexpr double tiny = 1.0e-6;
constexpr double rtt_max = 10;  // seconds
constexpr double gravity = 150;
constexpr std::size_t recent_max = 3;
constexpr std::size_t adjustment_window = 20;
constexpr std::size_t nodes_max = 4096;

double raw_distance(const coordinate& a, const coordinate& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.at.size(); ++i) sum += (a.at[i] - b.at[i]) * (a.at[i] - b.at[i]);
  return std::sqrt(sum) + a.height + b.height;
}

}  // namespace

double distance(const coordinate& a, const coordinate& b) {
  const double raw = raw_distance(a, b);
  const double adjusted = raw + a.adjustment + b.adjustment;
  return adjusted > 0 ? adjusted : raw;
}

bool plausible(const coordinate& c) {
  const auto fine = [](double v) { return std::isfinite(v) && std::abs(v) <= rtt_max; };
  return std::all_of(c.at.begin(), c.at.end(), fine) && fine(c.error) && c.error >= 0 &&
         fine(c.adjustment) && fine(c.height) && c.height >= 0;
}

double vivaldi::median_of_recent(const std::string& node, double rtt) {
  if (recent_.size() >= nodes_max && recent_.count(node) == 0) recent_.erase(recent_.begin());
  std::deque<double>& last = recent_[node];
  last.push_back(rtt);
  if (last.size() > recent_max) last.pop_front();
  std::vector<double> sorted(last.begin(), last.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[sorted.size() / 2];
}

void vivaldi::step_away(const coordinate& from, double force) {
  std::array<double, 8> way{};
  double length = 0;
  for (std::size_t i = 0; i < way.size(); ++i) {
    way[i] = here_.at[i] - from.at[i];
    length += way[i] * way[i];
  }
  length = std::sqrt(length);
  const double apart = length;
  if (length < tiny) {  // on top of each other: any direction will do
    length = 0;
    for (double& part : way) {
      part = random_.unit() - 0.5;
      length += part * part;
    }
    length = std::max(std::sqrt(length), tiny);
  }
  for (std::size_t i = 0; i < way.size(); ++i) here_.at[i] += way[i] / length * force;
  if (apart > tiny) {
    here_.height = (here_.height + from.height) * force / apart + here_.height;
    here_.height = std::max(here_.height, height_min);
  }
}

void vivaldi::pull(const coordinate& other, double rtt) {
  const double now = distance(here_, other);
  const double wrong = std::abs(now - rtt) / std::max(rtt, tiny);
  const double total = std::max(here_.error + other.error, tiny);
  const double weight = here_.error / total;
  here_.error =
      std::min(error_gain * weight * wrong + here_.error * (1 - error_gain * weight), error_max);
  step_away(other, move_gain * weight * (rtt - now));
}

void vivaldi::adjust(const coordinate& other, double rtt) {
  errors_.push_back(rtt - raw_distance(here_, other));
  if (errors_.size() > adjustment_window) errors_.pop_front();
  double sum = 0;
  for (const double e : errors_) sum += e;
  here_.adjustment = sum / (2.0 * static_cast<double>(adjustment_window));
}

bool vivaldi::update(const std::string& node, const coordinate& other, duration rtt) {
  const double seconds = std::chrono::duration<double>(rtt).count();
  if (!plausible(other) || seconds <= 0 || seconds > rtt_max) return false;
  const double measured = median_of_recent(node, seconds);
  pull(other, measured);
  adjust(other, measured);
  // Keeps the whole cloud from drifting away.
  const coordinate origin;
  const double far = raw_distance(here_, origin) / gravity;
  step_away(origin, -far * far);
  if (!plausible(here_)) {
    here_ = coordinate{};
    ++resets_;
  }
  const double moved = raw_distance(here_, told_) - here_.height - told_.height +
                       std::abs(here_.height - told_.height);
  if (moves_ == 0 || moved > std::max(0.0005, 0.1 * measured)) {
    told_ = here_;
    ++moves_;
  }
  return true;
}

}  // namespace mw::swim

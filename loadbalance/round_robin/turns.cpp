// turns: a heap of due times.
// SPDX-License-Identifier: Apache-2.0
#include "turns.h"

#include <algorithm>

namespace round_robin {

namespace {

// Beyond it the sum of small steps would lose digits.
constexpr double rebase_at = 1e6;
// A weight below this would put its candidate off for ever.
constexpr double weight_min = 1e-3;
constexpr double weight_max = 1e6;

}  // namespace

void turns::assign(std::span<const mw::candidate> candidates, mw::random_stream& random) {
  std::vector<entry> before = std::exchange(heap_, {});
  const auto by_key = [](const entry& a, const entry& b) { return a.key < b.key; };
  std::sort(before.begin(), before.end(), by_key);
  heap_.reserve(candidates.size());
  for (const mw::candidate& one : candidates) {
    const double step = 1 / std::clamp(one.weight, weight_min, weight_max);
    entry made{now_ + step * random.unit(), step, one.key};
    const auto known = std::lower_bound(before.begin(), before.end(), made, by_key);
    // A changed weight counts from the last turn on.
    if (known != before.end() && known->key == one.key)
      made.due = std::max(now_, known->due - known->step + step);
    heap_.push_back(made);
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

std::optional<mw::candidate_key> turns::pick(std::span<const mw::candidate_key> avoid) noexcept {
  auto end = heap_.end();
  std::optional<mw::candidate_key> picked;
  // Those to avoid are moved behind the heap and put back afterwards, unchanged.
  while (end != heap_.begin() && !picked) {
    std::pop_heap(heap_.begin(), end, later);
    entry& next = *--end;
    if (std::find(avoid.begin(), avoid.end(), next.key) != avoid.end()) continue;
    picked = next.key;
    now_ = std::max(now_, next.due);
    next.due = std::max(next.due, now_) + next.step;
  }
  while (end != heap_.end()) std::push_heap(heap_.begin(), ++end, later);
  if (now_ > rebase_at) rebase();
  return picked;
}

void turns::rebase() noexcept {
  for (entry& one : heap_) one.due -= now_;
  now_ = 0;
}

std::vector<turns::waiting> turns::in_order() const {
  std::vector<entry> sorted = heap_;
  std::sort(sorted.begin(), sorted.end(),
            [](const entry& a, const entry& b) { return later(b, a); });
  std::vector<waiting> out;
  out.reserve(sorted.size());
  for (const entry& one : sorted)
    out.push_back({one.key, 1 / one.step, std::max(0.0, one.due - now_)});
  return out;
}

}  // namespace round_robin

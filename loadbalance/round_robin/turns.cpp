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
  if (heap_.empty()) return std::nullopt;
  if (heap_.size() == 1 && avoid.empty()) return heap_.front().key;
  if (now_ > rebase_at) rebase();
  if (avoid.empty()) {
    entry next = heap_.front();
    take_turn(next);
    replace_front(next);
    return next.key;
  }
  auto end = heap_.end();
  std::optional<mw::candidate_key> picked;
  // Those to avoid are moved behind the heap and put back afterwards, unchanged.
  while (end != heap_.begin() && !picked) {
    std::pop_heap(heap_.begin(), end, later);
    entry& next = *--end;
    if (std::find(avoid.begin(), avoid.end(), next.key) != avoid.end()) continue;
    picked = next.key;
    take_turn(next);
  }
  while (end != heap_.end()) std::push_heap(heap_.begin(), ++end, later);
  return picked;
}

void turns::take_turn(entry& next) noexcept {
  now_ = std::max(now_, next.due);
  next.due = now_ + next.step;
}

// The hole goes down to a leaf along the earlier children, then the entry goes up from there: who
// had a turn belongs near the leaves, and no comparison on the way down is a branch.
void turns::replace_front(const entry& with) noexcept {
  const std::size_t count = heap_.size();
  std::size_t hole = 0;
  for (std::size_t child = 1; child < count; child = 2 * hole + 1) {
    const std::size_t other = std::min(child + 1, count - 1);
    child = later(heap_[child], heap_[other]) ? other : child;
    heap_[hole] = heap_[child];
    hole = child;
  }
  for (; hole != 0 && later(heap_[(hole - 1) / 2], with); hole = (hole - 1) / 2)
    heap_[hole] = heap_[(hole - 1) / 2];
  heap_[hole] = with;
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

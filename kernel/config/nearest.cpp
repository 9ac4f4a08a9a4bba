// nearest: Damerau-Levenshtein distance with a cutoff that grows with the length of the name.
// SPDX-License-Identifier: Apache-2.0
#include "nearest.h"

#include <algorithm>
#include <vector>

namespace mw::kernel {
namespace {

constexpr std::size_t name_length_max = 64;  // Longer ones are no typing mistakes; keeps it cheap.

// Case and the choice between '-' and '_' are the commonest slips; they count as no difference.
std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-') c = '_';
  }
  return out;
}

std::size_t cutoff(std::size_t length) {
  if (length <= 3) return 1;
  return length <= 8 ? 2 : 3;
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> previous(to.size() + 1);
  std::vector<std::size_t> current(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before.swap(previous);
    previous.swap(current);
  }
  return previous[to.size()];
}

std::string nearest(std::string_view name, std::span<const std::string> candidates) {
  if (name.empty() || name.size() > name_length_max) return {};
  const std::string wanted = folded(name);
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > name_length_max) continue;
    std::size_t distance = edit_distance(wanted, folded(candidate));
    // A distance as long as the name itself means that nothing of it was kept.
    if (distance > cutoff(std::max(name.size(), candidate.size())) ||
        distance >= candidate.size() || distance >= name.size()) {
      continue;
    }
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

}  // namespace mw::kernel

// health_opinions: small lists, sorted when they change.
// SPDX-License-Identifier: Apache-2.0
#include <mw/toolkit/health_opinions.h>

#include <algorithm>

namespace mw {

bool health_opinions::hear(const health_changed& told) {
  if (!(told.score >= 0 && told.score <= 1)) return false;
  auto at = subjects_.find(told.subject);
  if (at == subjects_.end()) {
    if (subjects_.size() >= subjects_max_) drop_good();
    if (subjects_.size() >= subjects_max_) return false;
    at = subjects_.emplace(told.subject, std::vector<health_opinion>()).first;
  }
  std::vector<health_opinion>& all = at->second;
  auto known = std::find_if(all.begin(), all.end(),
                            [&](const health_opinion& one) { return one.by == told.by; });
  if (known == all.end() && all.size() == reporters_max) {
    if (all.back().score < 1) return false;
    all.pop_back();
    known = all.end();
  }
  if (known == all.end())
    all.push_back({told.by, told.score, told.reason});
  else
    *known = {told.by, told.score, told.reason};
  std::stable_sort(all.begin(), all.end(), [](const health_opinion& a, const health_opinion& b) {
    return a.score < b.score;
  });
  return true;
}

void health_opinions::drop_good() {
  std::erase_if(subjects_, [](const auto& one) { return one.second.front().score >= 1; });
}

double health_opinions::score_of(std::string_view subject) const {
  const auto* all = of(subject);
  return all == nullptr ? 1 : all->front().score;
}

const std::vector<health_opinion>* health_opinions::of(std::string_view subject) const {
  const auto at = subjects_.find(subject);
  return at == subjects_.end() ? nullptr : &at->second;
}

void health_opinions::forget(std::string_view subject) {
  const auto at = subjects_.find(subject);
  if (at != subjects_.end()) subjects_.erase(at);
}

}  // namespace mw

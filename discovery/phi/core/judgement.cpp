// judgement: from evidence to a level, with the doubts that are in a peer's favour.
// SPDX-License-Identifier: Apache-2.0
#include "core/detector.h"

#include <algorithm>
#include <utility>

namespace mw::phi {

void detector::judge_all(time_point now) {
  const bool nobody = deaf(now);
  for (auto& [id, p] : peers_) judge(id, p, nobody, now);
}

// With several peers, all silent at once: that is more likely to be us.
bool detector::deaf(time_point now) const {
  if (!rules_.stall_aware || peers_.size() < 3) return false;
  return std::all_of(peers_.begin(), peers_.end(),
                     [&](const auto& entry) { return phi_of(entry.second, now) >= rules_.slow; });
}

duration detector::silence_of(const peer& p, time_point now) const {
  return std::max(now - p.last_heard - p.forgiven, duration::zero());
}

double detector::phi_of(const peer& p, time_point now) const {
  const double since = p.model.phi(silence_of(p, now));
  // Heard from the backlog of a stall only, and now it is late: it may be silent for longer.
  if (!p.doubtful_from || since < rules_.slow) return since;
  return std::max(since, p.model.phi(now - *p.doubtful_from - p.forgiven));
}

// Phi after all doubts. Each doubt has an end: a dead peer is found in any case.
double detector::evidence_against(peer& p, bool deaf, time_point now) {
  const double threshold = rules_.silence.threshold;
  const double phi = phi_of(p, now);
  if (p.exited) return std::max(phi, threshold);
  if (phi < threshold) return phi;
  const double below = std::min(phi, threshold * 0.999);
  if (deaf && phi < threshold * rules_.withhold_until) {
    if (!std::exchange(p.withheld, true)) ++counts_.withheld;
    return below;
  }
  const auto against = static_cast<std::size_t>(std::count_if(
      p.opinions.begin(), p.opinions.end(), [](const opinion& o) { return o.against; }));
  const std::size_t wanted = std::min<std::size_t>(rules_.corroborate, p.opinions.size());
  if (against < wanted && phi < threshold * rules_.veto_until) {
    if (!std::exchange(p.vetoed, true)) ++counts_.vetoed;
    return below;
  }
  return phi;
}

void detector::judge(const std::string& id, peer& p, bool deaf, time_point now) {
  const double phi = evidence_against(p, deaf, now);
  p.phi = phi;
  const suspicion next = level_for(p, phi, now);
  if (next != p.level) enter(id, p, next, now);
}

// Up at once, down only well below where the level begins, so that it does not flutter; and after a
// suspicion only when the probation is over.
suspicion detector::level_for(const peer& p, double phi, time_point now) const {
  const double begins[] = {0, rules_.slow, rules_.stopped, rules_.silence.threshold};
  auto level = static_cast<std::size_t>(p.level);
  while (level < 3 && phi >= begins[level + 1]) ++level;
  while (level > 0 && phi < begins[level] / 2) --level;
  const bool probation = p.level == suspicion::suspect ? p.flaps > 0 : now < p.probation_until;
  if (probation && level < 2) level = 2;
  return static_cast<suspicion>(level);
}

void detector::enter(const std::string& id, peer& p, suspicion next, time_point now) {
  if (next == suspicion::suspect) {
    ++counts_.suspicions;
    // Long quiet: what happened before is forgotten.
    if (now - p.probation_until > 10 * rules_.recovery_max) p.flaps = 0;
    ++p.flaps;
  } else if (p.level == suspicion::suspect) {
    ++counts_.recoveries;
    const duration longer = rules_.recovery * (std::int64_t{1} << std::min(p.flaps - 1, 20u));
    p.probation_until = now + std::min(longer, rules_.recovery_max);
  }
  const std::string silent =
      "silent for " + mw::to_string(std::chrono::duration_cast<duration>(
                          std::chrono::round<std::chrono::milliseconds>(now - p.last_heard)));
  if (!p.exited)  // which has its reason
    p.reason = next == suspicion::none ? "heard again"
               : next < p.level        ? "heard again, on probation"
                                       : silent;
  p.level = next;
  news_.push_back(id);
}

}  // namespace mw::phi

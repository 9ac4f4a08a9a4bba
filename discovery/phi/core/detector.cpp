// detector: what is seen and told of peers; judging them is in judgement.cpp.
// SPDX-License-Identifier: Apache-2.0
#include "core/detector.h"

#include <algorithm>
#include <utility>

namespace mw::phi {

bool detector::tick(std::span<const sighting> seen, time_point now) {
  const bool late = stalled(now);
  ++round_;
  heard_ = 0;
  for (const sighting& one : seen) see(one, now);
  std::erase_if(peers_, [this](const auto& entry) { return entry.second.round != round_; });
  if (late) return false;
  if (stall_ > duration::zero()) {
    forgive();
    stall_ = duration::zero();
  }
  judge_all(now);
  return true;
}

// Timers come before what has arrived is read. A late tick sees only how late we are.
bool detector::stalled(time_point now) {
  const time_point before = last_tick_.value_or(now);
  last_tick_ = now;
  const duration lag = now - before - rules_.tick;
  if (!rules_.stall_aware || lag < rules_.stall) return false;
  ++counts_.stalls;
  stall_ += lag;
  for (auto& [id, p] : peers_) {
    p.disturbed = true;
    if (!p.doubtful_from) p.doubtful_from = p.last_heard;
  }
  return true;
}

void detector::see(const sighting& one, time_point now) {
  auto at = peers_.find(one.id);
  if (at == peers_.end()) {
    if (peers_.size() >= rules_.peers_max) {
      ++counts_.crowded;
      return;
    }
    // Who was never linked to us is nobody's failure: chatter of others is not a sign of life.
    if (!one.linked) return;
    at = peers_.emplace(std::string(one.id), peer(rules_.silence)).first;
    at->second.last_heard = one.last_heard;
    at->second.life = one.life;
  }
  peer& p = at->second;
  p.round = round_;
  p.linked = one.linked;
  if (one.last_heard > p.last_heard) heard(p, one, now);
  // Until it is heard: a link that looks open may be all that is left of it.
  const bool refuses = !one.linked && rules_.refusals > 0 && one.refused >= rules_.refusals;
  if (refuses && !std::exchange(p.exited, true)) p.reason = "its address refuses connections";
}

void detector::heard(peer& p, const sighting& one, time_point now) {
  ++heard_;
  // A silence in which the peer has started anew was an end, not a delay.
  if (!p.disturbed && p.life == one.life)
    p.model.learn(one.last_heard - p.last_heard, p.level != suspicion::suspect, now);
  p.last_heard = one.last_heard;
  p.life = one.life;
  p.forgiven = duration::zero();
  p.disturbed = p.exited = p.vetoed = p.withheld = false;
  if (stall_ == duration::zero()) p.doubtful_from.reset();
}

// When others were heard from the backlog, we could have heard everybody who still has a link:
// where that has ended meanwhile, be it by our own silence, nothing could come.
void detector::forgive() {
  if (heard_ == 0) ++counts_.forgiven;
  for (auto& [id, p] : peers_)
    if (heard_ == 0 || !p.linked) p.forgiven += stall_;
}

status detector::observe(const evidence& what, time_point now) {
  const auto at = peers_.find(what.peer);
  if (at == peers_.end())
    return {errc::not_found, "'" + std::string(what.peer) +
                                 "' is not watched: the channel has not "
                                 "been linked to such a peer"};
  peer& p = at->second;
  if (what.kind == evidence_kind::exited) {
    p.exited = true;
    p.reason = "its process is gone, says " + std::string(what.by);
  } else {
    const auto known = std::find_if(p.opinions.begin(), p.opinions.end(),
                                    [&](const opinion& o) { return o.by == what.by; });
    const bool against = what.kind != evidence_kind::alive;
    if (known != p.opinions.end())
      known->against = against;
    else if (p.opinions.size() >= observers_max)
      return {errc::overloaded, std::to_string(observers_max) + " observers have an opinion of '" +
                                    at->first + "' already"};
    else
      p.opinions.push_back({std::string(what.by), against});
  }
  judge(at->first, p, deaf(now), now);
  return {};
}

std::vector<peer_health> detector::take_news() {
  std::vector<peer_health> out;
  std::sort(news_.begin(), news_.end());
  news_.erase(std::unique(news_.begin(), news_.end()), news_.end());
  for (const std::string& id : std::exchange(news_, {}))
    if (const auto at = peers_.find(id); at != peers_.end())
      out.push_back(view_of(id, at->second, last_tick_.value_or(time_point{})));
  return out;
}

std::optional<peer_health> detector::health_of(std::string_view id, time_point now) const {
  const auto at = peers_.find(id);
  if (at == peers_.end()) return std::nullopt;
  return view_of(at->first, at->second, now);
}

std::vector<peer_health> detector::all(time_point now) const {
  std::vector<peer_health> out;
  out.reserve(peers_.size());
  for (const auto& [id, p] : peers_) out.push_back(view_of(id, p, now));
  return out;
}

std::size_t detector::count(suspicion level) const {
  return static_cast<std::size_t>(std::count_if(
      peers_.begin(), peers_.end(), [level](const auto& e) { return e.second.level == level; }));
}

double detector::highest() const {
  double most = 0;
  for (const auto& [id, p] : peers_) most = std::max(most, p.phi);
  return most;
}

peer_health detector::view_of(const std::string& id, const peer& p, time_point now) const {
  peer_health out;
  out.id = id;
  out.level = p.level;
  out.phi = p.phi;
  out.weight = p.level == suspicion::none ? 1 : p.level == suspicion::slow ? rules_.slow_weight : 0;
  out.silence = std::max(now - p.last_heard, duration::zero());
  out.reason = p.reason;
  return out;
}

}  // namespace mw::phi

// detector: evidence about each peer, what it amounts to, and what changed by it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/formula.h"

#include <mw/failure_detector.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mw::phi {

struct detector_rules {
  formula_rules silence;
  double slow = 1;  // phi at which the levels begin; `suspect` is at the threshold
  double stopped = 3;
  double slow_weight = 0.3;
  duration tick = 200ms;
  duration stall = 500ms;  // a tick later than this is our own fault
  bool stall_aware = true;
  std::uint32_t corroborate = 1;  // observers that have to agree, where there are any
  double veto_until = 3;          // times the threshold: then nobody has to agree any more
  double withhold_until = 2;      // the same while nobody at all is heard
  std::uint32_t refusals = 2;     // refused dials in a row that mean: the process is gone
  duration recovery = 1s;         // on probation after a suspicion; doubles with each
  duration recovery_max = 1min;
  std::size_t peers_max = 10'000;
};

// What the channel shows of a peer.
struct sighting {
  std::string_view id;
  time_point last_heard{};
  bool linked = true;
  std::uint32_t refused = 0;  // dials in a row that were refused
  std::uint64_t life = 0;     // chosen anew when it starts
};

struct detector_counts {
  std::uint64_t stalls = 0;
  std::uint64_t forgiven = 0;  // stalls that were not counted against anybody
  std::uint64_t withheld = 0;  // suspicions that our own silence stopped
  std::uint64_t vetoed = 0;    // suspicions that other observers did not share
  std::uint64_t suspicions = 0;
  std::uint64_t recoveries = 0;
  std::uint64_t crowded = 0;  // peers beyond the limit
};

class detector {
 public:
  static constexpr std::size_t observers_max = 8;  // with an opinion, for each peer

  explicit detector(const detector_rules& rules) : rules_(rules) {}
  detector(const detector&) = delete;
  detector& operator=(const detector&) = delete;

  // `seen`: everybody there is; who is missing is forgotten. False: this call came late, so what
  // arrived meanwhile may be unread: read it and call again before the next tick is due.
  bool tick(std::span<const sighting> seen, time_point now);
  [[nodiscard]] status observe(const evidence& what, time_point now);
  // Peers whose level has changed since the last call, as they are now.
  [[nodiscard]] std::vector<peer_health> take_news();

  [[nodiscard]] std::optional<peer_health> health_of(std::string_view id, time_point now) const;
  [[nodiscard]] std::vector<peer_health> all(time_point now) const;
  [[nodiscard]] std::size_t count() const { return peers_.size(); }
  [[nodiscard]] std::size_t count(suspicion level) const;
  [[nodiscard]] double highest() const;  // phi of all
  [[nodiscard]] const detector_counts& counts() const { return counts_; }

 private:
  struct opinion {
    std::string by;
    bool against = false;
  };
  struct peer {
    explicit peer(const formula_rules& r) : model(r) {}
    silence_model model;
    time_point last_heard{};
    duration forgiven{};     // of the silence now
    bool disturbed = false;  // we have stalled during this silence: it teaches nothing
    // When it was last heard before we stalled, if nothing but the backlog came since: what lay
    // there may be as old as that.
    std::optional<time_point> doubtful_from;
    std::uint64_t life = 0;
    bool linked = true;
    bool exited = false;
    bool vetoed = false;  // counted for this silence
    bool withheld = false;
    suspicion level = suspicion::none;
    double phi = 0;
    std::uint32_t flaps = 0;
    time_point probation_until{};
    std::vector<opinion> opinions;
    std::string reason;
    std::uint64_t round = 0;  // of the tick that saw it last
  };
  using peer_map = std::map<std::string, peer, std::less<>>;

  bool stalled(time_point now);
  void see(const sighting& one, time_point now);
  void heard(peer& p, const sighting& one, time_point now);
  void forgive();  // the stall, to whom it may have kept from us
  void judge_all(time_point now);
  void judge(const std::string& id, peer& p, bool deaf, time_point now);
  [[nodiscard]] double evidence_against(peer& p, bool deaf, time_point now);
  [[nodiscard]] suspicion level_for(const peer& p, double phi, time_point now) const;
  void enter(const std::string& id, peer& p, suspicion next, time_point now);
  [[nodiscard]] bool deaf(time_point now) const;
  [[nodiscard]] duration silence_of(const peer& p, time_point now) const;
  [[nodiscard]] double phi_of(const peer& p, time_point now) const;
  [[nodiscard]] peer_health view_of(const std::string& id, const peer& p, time_point now) const;

  const detector_rules rules_;
  peer_map peers_;
  std::vector<std::string> news_;
  detector_counts counts_;
  std::optional<time_point> last_tick_;
  duration stall_{};         // under examination
  std::uint32_t heard_ = 0;  // peers, in this tick
  std::uint64_t round_ = 0;
};

}  // namespace mw::phi

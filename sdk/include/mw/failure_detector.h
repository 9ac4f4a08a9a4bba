// failure_detector: how alive each peer seems, from everything that is known about it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/result.h>
#include <mw/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// What should be done about a peer. Each level includes the ones before it.
enum class suspicion : std::uint8_t {
  none,
  slow,     // late, no more than that: a smaller share of the load
  stopped,  // no new work as long as others can take it; what is under way goes on
  suspect,  // tell the membership: `peer.suspect/1`
};
[[nodiscard]] std::string_view to_string(suspicion level) noexcept;

// One peer as the detector sees it.
struct peer_health {
  std::string id;
  suspicion level = suspicion::none;
  // -log10 of the chance that a healthy peer would look like this: 1 is one in ten, 8 one in a
  // hundred million. As good as the detector's model, no better.
  double phi = 0;
  double weight = 1;   // 0 (nothing) to 1: the share of the load it should get
  duration silence{};  // since it was last heard
  std::string reason;  // the strongest evidence, in words
};

enum class evidence_kind : std::uint8_t {
  alive,      // `by` has heard it, or a probe was answered
  failed,     // a probe of `by` was not answered
  suspected,  // `by` suspects it, on evidence of its own
  exited,     // its process is gone for certain: refused, reset, said so itself
};

// What somebody else knows about a peer. Borrowed for the duration of the call.
struct evidence {
  std::string_view peer;
  evidence_kind kind = evidence_kind::alive;
  std::string_view by;  // who says so; opinions of one observer replace each other
};

// Judges the peers it hears of by itself, from traffic or heartbeats; observe() is for what it
// cannot see. Changes are told as `health.changed/1`, whose score is the weight, once for each
// change of the level, and as `peer.suspect/1` when a peer becomes suspect. Calls belong to the
// plug-in's lane; nothing blocks; what observe() changes is told in a later turn, and read at once.
class failure_detector {
 public:
  static constexpr std::string_view contract = "failure_detector/1";

  // Empty: the detector does not watch such a peer. Called as often as somebody likes; it is a
  // look-up.
  [[nodiscard]] virtual std::optional<peer_health> health_of(std::string_view id) const = 0;

  // Everybody it watches, sorted by id. For tables and admin pages, and for users that start after
  // the events went out; may allocate.
  [[nodiscard]] virtual std::vector<peer_health> all() const = 0;

  // Adds evidence. `not_found`: the peer is not watched, the evidence is forgotten; `overloaded`:
  // too many observers have an opinion of this peer.
  [[nodiscard]] virtual status observe(const evidence& what) = 0;

 protected:
  ~failure_detector() = default;
};

}  // namespace mw

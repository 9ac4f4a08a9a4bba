// metrics: everything the sealer counts; see README.md.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/refusal.h"
#include "core/sealing_core.h"

#include <mw/host.h>

#include <array>
#include <optional>

namespace mw::sealing {

class metrics {
 public:
  explicit metrics(const host& h)
      : sealed(h.counter("mw_sealer_sealed_total", "Messages sealed.")),
        opened(h.counter("mw_sealer_opened_total", "Messages opened.")),
        rotations_(h.counter("mw_sealer_rotations_total", "Keys of this node that were replaced.")),
        failures_(h.counter("mw_sealer_rotation_failures_total",
                            "Rotations that failed; the key before stays in force.")),
        agreed_(h.gauge("mw_sealer_peers_agreed", "Nodes that messages can be sealed to.")),
        epoch_(h.gauge("mw_sealer_epoch", "Number of this node's key since its start.")) {
    for (std::size_t i = 0; i < refusal_count; ++i)
      refused_[i].emplace(h.counter("mw_sealer_refused_total",
                                    "Messages and keys that were turned away, by reason.",
                                    {{"reason", refusal_names[i]}}));
  }

  // Brings the counters up to what the core has counted.
  void follow(const sealing_core& core);

  counter sealed;
  counter opened;

 private:
  counter rotations_;
  counter failures_;
  gauge agreed_;
  gauge epoch_;
  std::array<std::optional<counter>, refusal_count> refused_;
  std::array<std::uint64_t, refusal_count> seen_{};
  std::uint64_t rotations_seen_ = 0;
  std::uint64_t failures_seen_ = 0;
};

}  // namespace mw::sealing

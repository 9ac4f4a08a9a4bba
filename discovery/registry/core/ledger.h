// ledger: what one source lists, and what it listed a moment ago and may only seem to have lost.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/sources/peer_list.h"

#include <mw/types.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw::registry {

// When so many peers vanish from one source within so short a time, or all do, the source is
// believed less than its past.
struct hold_rules {
  double fraction = 0.3;    // of what the source listed
  std::uint32_t least = 3;  // peers; fewer are never many
  duration window = 30s;    // removals within it count together
  duration hold = 5min;     // how long they stay if the source insists
};

enum class held_because : std::uint8_t { nothing, mass_removal, source_failing };
[[nodiscard]] std::string_view to_string(held_because why) noexcept;

struct listing {
  peer_found facts;
  held_because held = held_because::nothing;
  time_point gone_since{};  // when the source stopped listing it
  time_point until{};       // of mass_removal: then it is believed

  [[nodiscard]] bool live() const { return held == held_because::nothing; }
};

struct source_health {
  bool failing = false;
  std::optional<time_point> last_success;
  std::optional<time_point> last_error;
  std::string error;  // the last one
  std::uint64_t errors = 0;
};

class ledger {
 public:
  explicit ledger(const hold_rules& rules) : rules_(rules) {}

  // How the source's last look ended. Call update() after it.
  void answered(const status& outcome, time_point now);
  // What it lists now: sorted, each address once. True: something has changed.
  bool update(const sources::peer_list& list, time_point now);
  // Believes mass removals whose time is over. True: something has changed.
  bool tick(time_point now);
  // Believes all at once: an operator knows better. Returns how many went.
  std::size_t release();

  [[nodiscard]] std::optional<time_point> next() const;
  [[nodiscard]] const std::vector<listing>& listings() const { return listings_; }
  [[nodiscard]] const source_health& health() const { return health_; }
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] bool holds_mass_removal() const;
  [[nodiscard]] std::uint64_t held_ever() const { return held_ever_; }

 private:
  struct removal {
    time_point at;
    std::size_t count = 0;
  };
  // Decides about the listings that `gone` marks; the live ones are `live`.
  bool judge(const std::vector<bool>& gone, std::size_t live, time_point now);
  [[nodiscard]] std::size_t removed_lately(time_point now);

  hold_rules rules_;
  std::vector<listing> listings_;  // sorted by address
  std::deque<removal> removals_;   // within the window, one for each update
  source_health health_;
  std::uint64_t held_ever_ = 0;
};

}  // namespace mw::registry

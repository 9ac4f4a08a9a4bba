// snapshot: what a node keeps over a restart: whom it knew, failed ones too, and its clocks.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mw::swim {

// After an outage of everybody nobody is alive in anybody's eyes: failed members are kept, and the
// seeds that were learned.
struct snapshot {
  struct entry {
    std::string name;
    endpoint at;
    bool alive = true;
  };
  std::vector<entry> members;
  std::vector<endpoint> seeds;
  std::uint64_t clock = 0, event_clock = 0, query_clock = 0;
  std::uint32_t incarnation = 0;
  bool left = false;  // it went in good order, and does not come back by itself
};

inline constexpr std::size_t snapshot_bytes_max = 16 * 1024 * 1024;

// Lines as serf writes them, and a few more kinds.
[[nodiscard]] std::string to_text(const snapshot& s);
// Lines that mean nothing are counted and skipped: half a file is better than none.
struct read_snapshot {
  snapshot what;
  std::size_t skipped = 0;
};
[[nodiscard]] read_snapshot parse_snapshot(std::string_view text);

}  // namespace mw::swim

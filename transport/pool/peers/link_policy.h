// link_policy: how many connections a peer gets, who opens them and who closes them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/random.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mw::pool {

// One usable connection as the policy sees it.
struct link_facts {
  bool ours = false;  // we dialled it
  std::uint32_t open = 0;
  bool congested = false;
  time_point ready{};
  time_point used{};
  duration lifetime{};
  bool due = false;  // its transport asks for a successor, see link_lease
};

struct link_rules {
  range wanted{1, 4};
  std::uint32_t streams = 256;
  duration idle_timeout = 5min;
};

struct dial_facts {
  time_point at{};
  std::uint32_t under_way = 0;  // dials and handshakes
  bool has_address = false;
  bool needed = false;  // messages wait for a connection
};
// Dial one more? `links` are the usable ones. Those that have lived long enough do not count: their
// successor is made before they are closed.
[[nodiscard]] bool wants_dial(const link_rules& rules, const std::vector<link_facts>& links,
                              const dial_facts& now);

// A connection is loaded when 70 % of its streams are open or when it is held back.
[[nodiscard]] bool loaded(const link_rules& rules, const link_facts& one);

enum class close_reason : std::uint8_t { surplus, idle, lifetime };
struct closing {
  std::size_t index;
  close_reason why;
};
// Which connection to close, if any. Each side closes only what it dialled, and what is due. Of two
// nodes that both dialled, the one with the larger id gives way, and the other keeps its own, so
// that they never close both.
[[nodiscard]] std::optional<closing> wants_close(const link_rules& rules,
                                                 const std::vector<link_facts>& links,
                                                 bool we_give_way, time_point now);

// Thirty minutes less up to 10 %, drawn once for each connection.
[[nodiscard]] duration draw_lifetime(duration most, random_stream& random);

}  // namespace mw::pool

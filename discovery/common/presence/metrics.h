// metrics: what a plug-in of presence counts, over all interfaces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "common/presence/caller.h"

#include <mw/host.h>

#include <string>

namespace mw::presence {

struct metrics {
  // `prefix`: mw_discovery_beacon_ or mw_discovery_broadcast_.
  metrics(const host& node, const std::string& prefix);
  // What happened since `before`, which becomes `now`.
  void raise(counts& before, const counts& now) const;

  gauge peers, interfaces_down;
  counter sent, received, flood, off_link, malformed, version, denied, stale, replayed, foreign;
  counter namesakes, overflow, send_failures, withheld;
};

}  // namespace mw::presence

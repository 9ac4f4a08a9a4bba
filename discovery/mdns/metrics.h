// metrics: what discovery.mdns counts, over all interfaces.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/model.h"

#include <mw/host.h>

namespace mw::mdns {

struct metrics {
  explicit metrics(const host& node);
  // What happened since `before`, which becomes `now`.
  void raise(counts& before, const counts& now) const;

  gauge peers, records, interfaces_down;
  counter sent, received, questions, shared, answers, suppressed, postponed;
  counter malformed, flood, off_link, wrong_port, refused, overflow, unresolved;
  counter conflicts, deferred, send_failures, foreign, withheld;
};

}  // namespace mw::mdns

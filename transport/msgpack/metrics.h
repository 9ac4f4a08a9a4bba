// metrics: what the codec counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "refusal.h"

#include <mw/host.h>

#include <vector>

namespace mw::msgpack {

struct metrics {
  explicit metrics(host& h)
      : encoded(h.counter("mw_msgpack_encoded_total", "Messages turned into bytes.")),
        decoded(h.counter("mw_msgpack_decoded_total", "Messages read from bytes.")),
        plan_restarts(h.counter("mw_msgpack_plan_restarts_total",
                                "Times that more message types were seen than are remembered.")) {
    for (const std::string_view name : reason_names)
      refusals.push_back(h.counter(
          "mw_msgpack_refused_total",
          "Messages refused, sent or received, by the limit or rule broken.", {{"reason", name}}));
  }

  [[nodiscard]] const counter& refused(reason why) const {
    return refusals[static_cast<std::size_t>(why)];
  }

  counter encoded;
  counter decoded;
  counter plan_restarts;
  std::vector<counter> refusals;
};

}  // namespace mw::msgpack

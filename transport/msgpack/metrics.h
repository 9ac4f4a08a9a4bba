// metrics: what the codec counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/metrics.h>

#include <vector>

namespace mw::msgpack {

struct metrics {
  counter encoded;
  counter decoded;
  counter plan_restarts;
  std::vector<counter> refused;  // one for each reason
};

}  // namespace mw::msgpack

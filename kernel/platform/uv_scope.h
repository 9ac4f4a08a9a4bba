// uv_scope: for whom a platform object works: one plug-in instance on one lane.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform.h"

#include <memory>

namespace mw::kernel {

class uv_lane;

struct uv_scope {
  uv_lane& lane;
  plugin_scope plugin;
  bool alive = true;      // false: the plug-in is gone, nobody may be called any more
  std::size_t works = 0;  // submitted and not finished
  std::size_t names = 0;  // asked and not answered, cancelled ones as well
  std::size_t processes = 0;  // started and not reaped
};
// Shared, because operations under way outlive the services they were started from.
using uv_scope_ptr = std::shared_ptr<uv_scope>;

}  // namespace mw::kernel

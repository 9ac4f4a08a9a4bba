// metrics: the core counts in plain numbers; here they become metrics.
// SPDX-License-Identifier: Apache-2.0
#include "metrics.h"

#include <utility>

namespace mw::sealing {

void metrics::follow(const sealing_core& core) {
  const auto catch_up = [](counter& to, std::uint64_t& seen, std::uint64_t now) {
    if (now != seen) to.add(now - std::exchange(seen, now));
  };
  for (std::size_t i = 0; i < refusal_count; ++i)
    catch_up(*refused_[i], seen_[i], core.refused()[i]);
  catch_up(rotations_, rotations_seen_, core.rotations());
  catch_up(failures_, failures_seen_, core.rotation_failures());
  agreed_.set(static_cast<double>(core.agreed()));
  if (!core.keys().empty()) epoch_.set(core.keys().current().epoch);
}

}  // namespace mw::sealing

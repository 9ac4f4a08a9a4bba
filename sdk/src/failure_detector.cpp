// failure_detector: names of levels.
// SPDX-License-Identifier: Apache-2.0
#include <mw/failure_detector.h>

namespace mw {

std::string_view to_string(suspicion level) noexcept {
  switch (level) {
    case suspicion::none:
      return "none";
    case suspicion::slow:
      return "slow";
    case suspicion::stopped:
      return "stopped";
    case suspicion::suspect:
      return "suspect";
  }
  return "unknown";
}

}  // namespace mw

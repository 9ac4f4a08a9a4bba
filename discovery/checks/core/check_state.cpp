// check_state: two counters.
// SPDX-License-Identifier: Apache-2.0
#include "check_state.h"

#include <algorithm>

namespace mw::checks {

bool check_state::become(check_level level) {
  const bool changed = level_ != level;
  level_ = level;
  if (level != check_level::critical) passed_ = 0;
  return changed;
}

bool check_state::hear(check_verdict verdict) {
  if (verdict == check_verdict::fail) {
    passed_ = 0;
    failed_ = std::min(failed_ + 1, rules_.failures);
    return failed_ == rules_.failures && become(check_level::critical);
  }
  failed_ = 0;
  if (level_ == check_level::critical && ++passed_ < rules_.passes) return false;
  return become(verdict == check_verdict::warn ? check_level::warning : check_level::passing);
}

bool check_state::set(check_verdict verdict) {
  failed_ = verdict == check_verdict::fail ? rules_.failures : 0;
  if (verdict == check_verdict::fail) return become(check_level::critical);
  return become(verdict == check_verdict::warn ? check_level::warning : check_level::passing);
}

}  // namespace mw::checks

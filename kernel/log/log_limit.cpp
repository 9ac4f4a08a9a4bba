// log_limit: how many lines one place in the code may log.
// SPDX-License-Identifier: Apache-2.0
#include "log_limit.h"

#include <algorithm>
#include <utility>

namespace mw::kernel {

std::optional<std::uint64_t> log_limit::admit(const std::source_location& where, wall_time now) {
  const place key{where.file_name(), where.line(), where.column()};
  budget& left = budgets_.try_emplace(key, budget{now, lines_at_once, 0}).first->second;
  // The wall clock may jump back: then nothing is refilled, and counting goes on from there.
  const std::chrono::duration<double> passed = now.since_epoch - left.refilled.since_epoch;
  left.refilled = now;
  left.lines =
      std::min(lines_at_once, left.lines + std::max(passed.count(), 0.0) * lines_per_second);
  if (left.lines < 1) {
    ++left.left_out;
    return std::nullopt;
  }
  left.lines -= 1;
  return std::exchange(left.left_out, 0);
}

}  // namespace mw::kernel

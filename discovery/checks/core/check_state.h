// check_state: verdicts one after the other to a level that does not flap.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/health_checks.h>

#include <cstdint>

namespace mw::checks {

struct thresholds {
  std::uint32_t failures = 3;  // in a row, to become critical
  std::uint32_t passes = 2;    // in a row, to be no longer critical
};

class check_state {
 public:
  explicit check_state(thresholds rules) : rules_(rules) {}

  // True: the level has changed. A first pass is believed at once; a failure is not, ever.
  bool hear(check_verdict verdict);
  // The same without thresholds: for those who have made up their mind.
  bool set(check_verdict verdict);
  [[nodiscard]] check_level level() const { return level_; }
  [[nodiscard]] std::uint32_t failures_in_row() const { return failed_; }

 private:
  bool become(check_level level);

  thresholds rules_;
  check_level level_ = check_level::unknown;
  std::uint32_t failed_ = 0;
  std::uint32_t passed_ = 0;  // counted while critical
};

}  // namespace mw::checks

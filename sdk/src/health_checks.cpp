// health_checks: names of verdicts and levels.
// SPDX-License-Identifier: Apache-2.0
#include <mw/health_checks.h>

namespace mw {

std::string_view to_string(check_verdict verdict) noexcept {
  switch (verdict) {
    case check_verdict::pass:
      return "pass";
    case check_verdict::warn:
      return "warn";
    case check_verdict::fail:
      return "fail";
  }
  return "unknown";
}

std::string_view to_string(check_level level) noexcept {
  switch (level) {
    case check_level::unknown:
      return "unknown";
    case check_level::passing:
      return "passing";
    case check_level::warning:
      return "warning";
    case check_level::critical:
      return "critical";
  }
  return "unknown";
}

}  // namespace mw

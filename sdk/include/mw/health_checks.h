// health_checks: what active checks have found about nodes and services, and verdicts from outside.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/contract.h>
#include <mw/result.h>
#include <mw/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// One look at something.
enum class check_verdict : std::uint8_t { pass, warn, fail };
[[nodiscard]] std::string_view to_string(check_verdict verdict) noexcept;

// What several looks in a row amount to.
enum class check_level : std::uint8_t {
  unknown,  // not enough is known yet: does not count
  passing,
  warning,  // counts in part
  critical,
};
[[nodiscard]] std::string_view to_string(check_level level) noexcept;

// One check of one subject.
struct check_view {
  std::string name;
  std::string subject;  // node id, or the name of a service
  check_level level = check_level::unknown;
  check_verdict last = check_verdict::pass;  // means nothing while nothing was heard
  double weight = 1;                         // in the subject's score
  bool decisive = false;                     // critical alone makes the score 0
  std::uint64_t runs = 0;                    // verdicts so far
  duration since{};                          // for how long it has this level
  std::string output;                        // of the last verdict, a sentence
};

// All checks of a subject together.
struct subject_view {
  std::string subject;
  double score = 1;    // 0 to 1, as last told in `health.changed/1`
  std::string reason;  // the worst check, in words
};

// A verdict that somebody else has reached, about a check of kind `ttl`. Borrowed for the call.
struct pushed_verdict {
  std::string_view check;
  std::string_view subject;  // empty: the only one that has such a check
  check_verdict verdict = check_verdict::pass;
  std::string_view output;  // cut at 4 KiB
};

// Runs checks by itself, as the YAML says. What is found is told as `check.changed/1`, once for
// each change of a level, and as `health.changed/1` when a subject's score moves. Calls belong to
// the plug-in's lane; nothing blocks; what push() changes is told in a later turn, and read at
// once.
class health_checks {
 public:
  static constexpr std::string_view contract = "health_checks/1";

  // Called by whoever knows: an application, `mw checks push`. `not_found`: no check has that name,
  // or none of that subject; `unsupported`: it is not of kind ttl; `invalid`: several subjects have
  // it and none was named.
  [[nodiscard]] virtual status push(const pushed_verdict& what) = 0;

  // Empty: nothing is known of the subject, or it is not checked. A look-up.
  [[nodiscard]] virtual std::optional<double> score_of(std::string_view subject) const = 0;

  // Everything, sorted by subject and name; for tables and admin pages, may allocate.
  [[nodiscard]] virtual std::vector<check_view> checks() const = 0;
  [[nodiscard]] virtual std::vector<subject_view> subjects() const = 0;

 protected:
  ~health_checks() = default;
};

}  // namespace mw

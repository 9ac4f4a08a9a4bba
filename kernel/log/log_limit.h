// log_limit: how many lines one place in the code may log.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <source_location>
#include <unordered_map>

namespace mw::kernel {

// Ten lines at once, and one more for each tenth of a second. A place that fails in a loop would
// otherwise fill the disk and hide everything else.
class log_limit {
 public:
  static constexpr double lines_per_second = 10;
  static constexpr double lines_at_once = 10;

  // Nothing: leave this line out. Otherwise how many lines of this place were left out before it.
  [[nodiscard]] std::optional<std::uint64_t> admit(const std::source_location& where,
                                                   wall_time now);

 private:
  // File names are literals: their address and the line are enough. A name that exists in two
  // libraries gets two budgets, which does no harm.
  struct place {
    const char* file;
    std::uint32_t line;
    std::uint32_t column;
    friend bool operator==(const place&, const place&) = default;
  };
  struct place_hash {
    std::size_t operator()(const place& p) const {
      return std::hash<const void*>()(p.file) * 31 + p.line * 1009 + p.column;
    }
  };
  struct budget {
    wall_time refilled;
    double lines = lines_at_once;
    std::uint64_t left_out = 0;
  };
  std::unordered_map<place, budget, place_hash> budgets_;  // bounded by the places in the code
};

}  // namespace mw::kernel

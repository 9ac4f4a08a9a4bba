// metrics: what discovery.checks counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"
#include "settings.h"

#include <mw/host.h>

#include <array>
#include <vector>

namespace mw::checks {

class metrics {
 public:
  metrics(const host& node, const std::vector<check_settings>& checks);
  void show(const board& of, std::size_t restarting);
  void looked(check_kind how, duration took) {
    seconds_[static_cast<std::size_t>(how)].record(static_cast<std::uint64_t>(took.count()));
  }
  // Subjects for which the check is critical, by its place in the options.
  void critical(std::size_t check, int by) { critical_[check].add(by); }

  counter bounded;  // looks that a limit of ours cut short

 private:
  std::array<gauge, 4> levels_;
  std::array<counter, 3> verdicts_;
  std::array<histogram, 5> seconds_;
  std::vector<gauge> critical_;
  gauge lowest_;
  gauge running_;
  gauge waiting_;
  gauge restarting_;
  counter put_off_;
  counter crowded_;
  counter restarts_;
  counter restarts_refused_;
};

}  // namespace mw::checks

// settings: the options of discovery.phi.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/detector.h"

#include <mw/options.h>

namespace mw::phi {

struct settings {
  mw::phi::formula formula = mw::phi::formula::meshwright;
  double threshold = 8;
  double slow = 1;
  double stopped = 3;
  double slow_weight = 0.3;
  duration beat = 5s;
  duration margin_low = 3200ms;
  duration margin_high = 3500ms;
  duration half_life = 1h;
  duration pause = 3s;
  duration deviation_min = 100ms;
  duration tick = 200ms;
  duration stall = 500ms;
  bool stall_aware = true;
  std::uint32_t corroborate = 1;
  double veto_until = 3;
  double withhold_until = 2;
  std::uint32_t refusals = 2;
  duration recovery = 1s;
  duration recovery_max = 1min;
  std::uint32_t peers = 10'000;

  void fields(field_visitor& v);
  [[nodiscard]] detector_rules rules() const;

 private:
  void fields_of_formula(field_visitor& v);
  void fields_of_doubt(field_visitor& v);
};

}  // namespace mw::phi

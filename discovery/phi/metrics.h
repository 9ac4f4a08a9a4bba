// metrics: what discovery.phi counts.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/detector.h"

#include <mw/host.h>

#include <array>

namespace mw::phi {

class metrics {
 public:
  explicit metrics(const host& node);
  void show(const detector& of);

 private:
  std::array<gauge, 4> peers_;  // by suspicion
  gauge highest_;
  counter suspicions_;
  counter recoveries_;
  counter stalls_;
  counter forgiven_;
  counter withheld_;
  counter vetoed_;
  counter crowded_;
};

}  // namespace mw::phi

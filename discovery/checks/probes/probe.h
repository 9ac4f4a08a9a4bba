// probe: one look under way. Destroying it gives up silently.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "settings.h"
#include "wire/exchange.h"

#include <mw/host.h>

#include <memory>
#include <string>

namespace mw::checks {

class probe {
 public:
  virtual ~probe() = default;
};
// Called once, in a later turn; the probe may be destroyed inside.
using probe_done = function<void(finding)>;

// What one look is about. `at` is empty for commands.
struct probe_target {
  endpoint at;
  std::string peer;     // of: peers
  std::string address;  // of the peer
};

[[nodiscard]] std::unique_ptr<probe> start_probe(const host& on, const check_settings& check,
                                                 const probe_target& target, probe_done done);

// What the end of a command says: 0 pass, 1 warning, all else a failure.
[[nodiscard]] finding finding_of(const result<process_outcome>& ended);

}  // namespace mw::checks

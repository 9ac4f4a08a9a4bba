// core_sealers: the sealer's core behind its contract, for engines in a world without plug-ins.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/sealer.h>
#include <mw/types.h>

#include <memory>
#include <string>

namespace mw::tests {

class core_sealers {
 public:
  core_sealers();
  ~core_sealers();
  core_sealers(const core_sealers&) = delete;
  core_sealers& operator=(const core_sealers&) = delete;

  // A new life of the node, which knows nothing of the one before.
  [[nodiscard]] sealer* boot(const std::string& node);
  // Lets time pass and carries what is to be carried.
  void step(time_point now);
  // As in "replayed"; summed over the lives that are running.
  [[nodiscard]] std::uint64_t refused(const std::string& node, std::string_view why) const;

 private:
  class state;
  std::unique_ptr<state> state_;
};

}  // namespace mw::tests

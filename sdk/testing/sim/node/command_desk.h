// command_desk: the process service of one plug-in: scripted commands that take virtual time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "lane.h"
#include "platform/platform.h"

namespace mw::sim {

class command_run;
// Of one process: whom the end of a command is told to. Outlives handles and services.
using command_table = slot_map<command_run*>;

class command_desk final : public process_service {
 public:
  command_desk(lane& home, const kernel::plugin_scope& scope)
      : lane_(home), ledger_(scope.ledger), plugin_(scope.name) {}

  process_ptr start(const process_spec& command,
                    function<void(result<process_outcome>)> done) override;

 private:
  lane& lane_;
  kernel::resource_ledger& ledger_;
  const std::string plugin_;
  // Shared with the commands, which a plug-in may leak.
  const std::shared_ptr<std::size_t> running_ = std::make_shared<std::size_t>(0);
};

}  // namespace mw::sim

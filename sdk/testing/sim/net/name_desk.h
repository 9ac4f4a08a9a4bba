// name_desk: the name service of one plug-in: nodes of the world, and localhost.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "node/lane.h"
#include "platform/platform.h"

namespace mw::sim {

class name_question;
// Of one process: whom the answer of an event goes to. Outlives handles and services.
using name_table = slot_map<name_question*>;

class name_desk final : public name_service {
 public:
  name_desk(lane& home, const kernel::plugin_scope& scope)
      : lane_(home), ledger_(scope.ledger), plugin_(scope.name) {}

  resolve_ptr resolve(const std::string& name,
                      function<void(result<std::vector<std::string>>)> done) override;

 private:
  lane& lane_;
  kernel::resource_ledger& ledger_;
  const std::string plugin_;
  // Shared with the questions, which a plug-in may leak.
  const std::shared_ptr<std::size_t> under_way_ = std::make_shared<std::size_t>(0);
};

}  // namespace mw::sim

// work_desk: the work service of one plug-in: computations that take virtual time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "lane.h"
#include "platform/platform.h"

namespace mw::sim {

struct pending_work {
  function<void()> run;
  task* finished;  // told in a turn; null when the handle is gone
  lane* home;
};
// Of one process; outlives handles and services.
using work_table = slot_map<pending_work>;

class work_desk final : public work_service {
 public:
  work_desk(lane& home, kernel::resource_ledger& ledger) : lane_(home), ledger_(ledger) {}
  result<work_ptr> submit(function<void()> run, function<void()> done) override;

 private:
  lane& lane_;
  kernel::resource_ledger& ledger_;
};

}  // namespace mw::sim

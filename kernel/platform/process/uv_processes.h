// uv_processes: the commands of one plug-in: their limits in time and output, and their end.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/uv_scope.h"

#include <mw/processes.h>

namespace mw::kernel {

class uv_processes final : public process_service {
 public:
  explicit uv_processes(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  process_ptr start(const process_spec& command,
                    function<void(result<process_outcome>)> done) override;

 private:
  uv_scope_ptr scope_;
};

}  // namespace mw::kernel

// uv_work: long computations on the worker threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "uv_scope.h"

#include <mw/work.h>

namespace mw::kernel {

class uv_work final : public work_service {
 public:
  explicit uv_work(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  result<work_ptr> submit(function<void()> run, function<void()> done) override;

 private:
  uv_scope_ptr scope_;
};

}  // namespace mw::kernel

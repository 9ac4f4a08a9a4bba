// uv_names: the name service of one plug-in; the system's resolver on libuv's worker threads.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/uv_scope.h"

#include <mw/names.h>

namespace mw::kernel {

class uv_names final : public name_service {
 public:
  explicit uv_names(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  resolve_ptr resolve(const std::string& name,
                      function<void(result<std::vector<std::string>>)> done) override;

 private:
  uv_scope_ptr scope_;
};

}  // namespace mw::kernel

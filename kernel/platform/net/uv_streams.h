// uv_streams: the stream service of one plug-in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/uv_scope.h"

#include <mw/streams.h>

namespace mw::kernel {

class uv_streams final : public stream_service {
 public:
  explicit uv_streams(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  result<listener_ptr> listen(const endpoint& at, const stream_options& options,
                              function<void(stream_ptr)> accepted) override;
  dial_ptr dial(const endpoint& to, const stream_options& options, duration deadline,
                function<void(result<stream_ptr>)> done) override;

 private:
  uv_scope_ptr scope_;
};

}  // namespace mw::kernel

// uv_streams: the stream service of one plug-in.
// SPDX-License-Identifier: Apache-2.0
#include "uv_streams.h"

#include "uv_dial.h"
#include "uv_listener.h"

namespace mw::kernel {

result<listener_ptr> uv_streams::listen(const endpoint& at, const stream_options& options,
                                        function<void(stream_ptr)> accepted) {
  return uv_listener::make(scope_, at, options, std::move(accepted));
}

dial_ptr uv_streams::dial(const endpoint& to, const stream_options& options, duration deadline,
                          function<void(result<stream_ptr>)> done) {
  return std::make_unique<uv_dial>(scope_, to, options, deadline, std::move(done));
}

}  // namespace mw::kernel

// uv_dial: a connection attempt with a deadline.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/lane_member.h"
#include "platform/unique_fd.h"
#include "platform/uv_handle.h"
#include "platform/uv_scope.h"
#include "socket_address.h"

#include <mw/streams.h>

#include <memory>
#include <optional>

namespace mw::kernel {

class uv_dial final : public dial_handle, private lane_member {
 public:
  using done_function = function<void(result<stream_ptr>)>;
  uv_dial(uv_scope_ptr scope, const endpoint& to, const stream_options& options, duration deadline,
          done_function done);
  ~uv_dial() override;

 private:
  void notice() override;   // the outcome was known at once
  void expired() override;  // the deadline has passed

  [[nodiscard]] std::optional<failure> begin();
  void ready();
  [[nodiscard]] result<stream_ptr> connected();
  void tell(result<stream_ptr> outcome);

  uv_scope_ptr scope_;
  endpoint to_;
  stream_options options_;
  duration patience_;
  unique_fd fd_;
  std::optional<failure> failure_;  // found before anything was waited for
  std::unique_ptr<callback_box<void(result<stream_ptr>)>> done_;
  ledger_entry counted_;
  uv_handle<uv_poll_t> poll_;
};

}  // namespace mw::kernel

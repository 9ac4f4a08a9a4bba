// uv_listener: a listening TCP or unix socket.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/lane_member.h"
#include "platform/unique_fd.h"
#include "platform/uv_handle.h"
#include "platform/uv_scope.h"
#include "socket_address.h"

#include <mw/streams.h>

#include <sys/types.h>

#include <memory>
#include <string>

namespace mw::kernel {

// Accepts a bounded number of connections a turn. Without descriptors it closes what it cannot
// serve, with a descriptor kept in reserve, and rests a moment: a full queue must not make the loop
// spin.
class uv_listener final : public listener, private lane_member {
 public:
  using accept_function = function<void(stream_ptr)>;
  static result<listener_ptr> make(uv_scope_ptr scope, const endpoint& at,
                                   const stream_options& options, accept_function accepted);
  uv_listener(uv_scope_ptr scope, unique_fd fd, const stream_options& options,
              accept_function accepted);
  ~uv_listener() override;

  [[nodiscard]] const endpoint& local() const override { return local_; }
  void pause() override;
  void resume() override;

 private:
  void expired() override;  // the rest is over

  void ready();
  [[nodiscard]] bool accept_one();
  void shed();
  void watch();

  uv_scope_ptr scope_;
  unique_fd fd_;
  unique_fd reserve_;
  stream_options options_;
  endpoint local_;
  dev_t device_ = 0;  // identity of our unix socket file: another's is not removed
  ino_t inode_ = 0;
  bool paused_ = false;
  bool resting_ = false;
  std::unique_ptr<callback_box<void(stream_ptr)>> accepted_;
  life_watch life_;
  ledger_entry counted_;
  uv_handle<uv_poll_t> poll_;
};

}  // namespace mw::kernel

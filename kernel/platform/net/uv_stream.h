// uv_stream: a connected TCP or unix socket as a stream.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "output_queue.h"
#include "platform/lane_member.h"
#include "platform/unique_fd.h"
#include "platform/uv_handle.h"
#include "platform/uv_scope.h"

#include <mw/streams.h>

#include <memory>

namespace mw::kernel {

// Reads into the owner's place and the lane's buffer; writes leave together at the end of the turn.
// libuv only watches the descriptor: its own streams cost an allocation and a system call per
// message.
class uv_stream final : public stream, private lane_member {
 public:
  // Watches a connected non-blocking socket. `internal` when the system cannot watch it.
  static result<stream_ptr> make(uv_scope_ptr scope, unique_fd fd, const stream_options& options,
                                 endpoint remote);
  uv_stream(uv_scope_ptr scope, unique_fd fd, const stream_options& options, endpoint remote);
  ~uv_stream() override;

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  [[nodiscard]] std::span<std::byte> reserve(std::size_t count) override;
  void commit(std::size_t count) override;
  [[nodiscard]] std::size_t unsent() const override { return output_.size(); }
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override;
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const endpoint& local() const override;
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

 private:
  void flush() override;
  void notice() override;

  void ready(int status, int events);
  void read_some();
  [[nodiscard]] bool read_once();
  [[nodiscard]] std::span<std::byte> spare_beside(std::span<std::byte> place);
  [[nodiscard]] bool tell_data(bytes_view bytes);
  void peer_ended();
  [[nodiscard]] bool peer_gave_up() const;
  void check_hangup();
  void drain();
  void flush_early();
  [[nodiscard]] bool starts_others() const;
  void half_close();
  void read_failed(int error);
  // Puts off on_closed() to the next turn; the socket is given up at once.
  void end(failure why);
  [[nodiscard]] bool tell_writable();
  [[nodiscard]] int wanted_events() const;
  void watch(int events);
  void refuse_until(std::size_t unsent_max);
  [[nodiscard]] bool accepts_writes() const { return !finishing_ && !failure_; }

  uv_scope_ptr scope_;
  unique_fd fd_;
  bool told_closed_ = false;
  mutable std::unique_ptr<endpoint> local_;  // once somebody has asked
  endpoint remote_;
  output_queue output_;
  stream_events* events_ = nullptr;
  std::size_t send_limit_;
  std::size_t resume_at_ = 0;  // on_writable() once no more than this is unsent
  std::uint32_t woke_in_ = 0;  // the turn
  int watched_ = 0;            // what libuv watches at the moment
  bool refused_ = false;       // a write took less than offered
  bool paused_ = false;
  bool hung_up_ = false;  // both directions ended while paused: nothing to watch
  bool peer_ended_ = false;
  bool in_bulk_ = false;  // the last place was large
  bool finishing_ = false;
  bool half_closed_ = false;
  bool is_unix_;
  std::unique_ptr<failure> failure_;  // over; told or about to be told
  life_watch life_;
  ledger_entry counted_;
  uv_handle<uv_poll_t> poll_;
};

}  // namespace mw::kernel

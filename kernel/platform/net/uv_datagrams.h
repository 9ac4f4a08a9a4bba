// uv_datagrams: UDP sockets; packets of a turn leave in one system call and arrive in batches.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/lane_member.h"
#include "platform/unique_fd.h"
#include "platform/uv_handle.h"
#include "platform/uv_scope.h"
#include "socket_address.h"

#include <mw/datagrams.h>

#include <memory>
#include <vector>

namespace mw::kernel {

class uv_datagrams final : public datagram_service {
 public:
  explicit uv_datagrams(uv_scope_ptr scope) : scope_(std::move(scope)) {}

  result<datagram_ptr> open(const endpoint& at, const datagram_options& options,
                            function<void(const datagram&)> received) override;

 private:
  uv_scope_ptr scope_;
};

class uv_datagram_socket final : public datagram_socket, private lane_member {
 public:
  uv_datagram_socket(uv_scope_ptr scope, unique_fd fd, const datagram_options& options,
                     function<void(const datagram&)> received);
  ~uv_datagram_socket() override;
  // Starts receiving; a libuv error code.
  int watch_descriptor();

  status send(const endpoint& to, bytes_view packet) override;
  status join(const std::string& group, const std::string& on) override;
  status leave(const std::string& group, const std::string& on) override;
  [[nodiscard]] const endpoint& local() const override { return local_; }

 private:
  struct queued_packet {
    socket_address to;
    std::size_t offset;  // in queued_bytes_
    std::size_t size;
  };

  void flush() override;
  void ready(int events);
  void receive_batch();
  void send_queued();
  int watch(int events);
  status resolve(const endpoint& to);

  uv_scope_ptr scope_;
  unique_fd fd_;
  endpoint local_;
  std::size_t queue_max_;
  // Kept between turns, so that sending does not allocate.
  std::vector<queued_packet> queue_;
  std::vector<std::byte> queued_bytes_;
  std::size_t sent_ = 0;  // packets at the front of queue_ that are out
  endpoint last_to_;      // most sockets talk to few peers: spares parsing the address again
  socket_address last_address_;
  endpoint from_;
  int watched_ = 0;
  std::unique_ptr<callback_box<void(const datagram&)>> received_;
  life_watch life_;
  ledger_entry counted_;
  uv_handle<uv_poll_t> poll_;
};

}  // namespace mw::kernel

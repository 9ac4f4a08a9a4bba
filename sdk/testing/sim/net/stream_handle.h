// stream_handle: one end of a connection as a plug-in has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "node/lane.h"
#include "platform/platform.h"

#include <mw/streams.h>

namespace mw::sim {

class connection;
class stream_network;

class stream_handle final : public stream {
 public:
  stream_handle(lane& home, kernel::resource_ledger& ledger, stream_network& net,
                slot_id connection, int side);
  ~stream_handle() override;

  void start(stream_events& events) override;
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override;
  [[nodiscard]] std::span<std::byte> reserve(std::size_t count) override;
  void commit(std::size_t count) override;
  [[nodiscard]] std::size_t unsent() const override;
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const endpoint& local() const override { return local_; }
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  // Something happened to the connection: look at it in a turn.
  void poke() { lane_.ready(looking_); }

 private:
  [[nodiscard]] connection* writable() const;
  void refuse_until(std::size_t unsent_max);
  void look();
  bool read_all(connection& c);
  bool tell_data(bytes_view bytes);
  bool tell_end(connection& c);
  void tell_closed(connection& c);
  void flush();

  lane& lane_;
  stream_network& net_;
  const slot_id id_;
  const int side_;
  endpoint local_;
  endpoint remote_;
  std::size_t send_limit_;
  stream_events* events_ = nullptr;
  bool paused_ = false;
  bool told_closed_ = false;
  bool refused_ = false;  // a write took less than offered
  std::size_t resume_at_ = 0;
  std::vector<std::byte> lent_;  // see reserve()
  kernel::ledger_entry counted_;
  life_watch life_;
  member_task<stream_handle, &stream_handle::look> looking_{*this};
  member_task<stream_handle, &stream_handle::flush> flushing_{*this};
};

}  // namespace mw::sim

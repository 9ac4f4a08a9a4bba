// packet_link: one peer of a port, as a stream in which every write and every on_data is a packet.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "context.h"
#include "reply_budget.h"

#include <mw/streams.h>

#include <deque>
#include <memory>

namespace mw::udp {

class port;

// There is no end to hear of on UDP: finish() ends the link, and so does the silence of the peer.
class packet_link final : public stream, public idle_place {
 public:
  packet_link(context& shared, std::shared_ptr<port> by, const endpoint& remote,
              reply_budget budget);
  ~packet_link() override;

  void start(stream_events& events) override;
  // All or nothing: one packet.
  std::size_t write(bytes_view bytes) override;
  bool write(slice bytes) override { return bytes.empty() || write(bytes.view()) > 0; }
  [[nodiscard]] std::size_t unsent() const override { return 0; }
  void tell_when_unsent(std::size_t unsent_max) override;
  void pause_reading() override { paused_ = true; }
  void resume_reading() override;
  void finish() override;
  [[nodiscard]] const endpoint& local() const override;
  [[nodiscard]] const endpoint& remote() const override { return remote_; }

  // By the port: a packet of the peer. The first one comes before anybody can have started this.
  void received(bytes_view packet);
  // By the context: nothing was heard for idle_timeout.
  void silent();

 private:
  void wake();
  void tell();
  bool tell_packet(bytes_view packet);
  bool tell_waiting();
  void end(failure why);
  void complain_about_size(std::size_t size);
  // False: a callback has destroyed this.
  template <class Call>
  bool survives(Call call);

  context& shared_;
  std::shared_ptr<port> port_;  // null once it is over
  const endpoint local_;
  const endpoint remote_;
  reply_budget budget_;
  stream_events* owner_ = nullptr;
  std::deque<slice> waiting_;  // until it is started, and while it is paused
  std::unique_ptr<failure> over_;
  bool* gone_ = nullptr;  // set while a callback runs
  bool paused_ = false;
  bool refused_ = false;  // a write was refused: on_writable() is due once it may work
  bool told_closed_ = false;
  bool complained_ = false;
  timer next_turn_;  // made when it is needed first. Last: it dies first
};

}  // namespace mw::udp

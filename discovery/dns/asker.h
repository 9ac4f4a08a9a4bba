// asker: carries one exchange over sockets of the host, each packet from a port of its own.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/exchange.h"

#include <mw/host.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::dns {

struct dns_metrics {
  explicit dns_metrics(const host& node);
  void count(const mishaps& seen) const;

  counter queries;
  counter answers;
  counter streams;
  counter forged;
  counter broken;
  counter unwilling;
  counter silent;
  counter failed;
  counter negative;
  counter emptied;
  counter cut;
  gauge peers;
  gauge stale;
};

// Referenced objects outlive the asker. Destroying it ends the question silently.
class asker final : private stream_events {
 public:
  using done_function = function<void(result<message>)>;
  asker(host& node, const dns_metrics& metrics, const std::vector<endpoint>& servers,
        question about, const asking& how, random_stream& dice, done_function done);
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  ~asker();

 private:
  void perform(exchange::act what);
  void send();
  void dial();
  void connected(result<stream_ptr> outcome);
  void on_data(bytes_view bytes) override;
  void on_writable() override;
  void on_end() override;
  void on_closed(const failure& why) override;
  void stream_broke();
  void arrived(const datagram& packet);

  host& node_;
  const dns_metrics& metrics_;
  const std::vector<endpoint> servers_;
  exchange core_;
  done_function done_;
  bool over_ = false;
  std::string heard_;    // of the stream: two bytes of length, then the answer
  std::string to_send_;  // what is left of the question
  timer clock_;          // the rest last: they die first
  dial_ptr dialling_;
  stream_ptr stream_;
  datagram_ptr socket_;
  datagram_ptr retired_;  // the one before: it may be calling us
};

}  // namespace mw::dns

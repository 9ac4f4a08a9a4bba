// stream_probe: resolves, connects, and lets an exchange talk, within a time.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probe.h"

#include <deque>

namespace mw::checks {

class stream_probe final : public probe, private stream_events {
 public:
  // `talk` is null for a check that only connects.
  stream_probe(const host& on, const endpoint& to, duration timeout, std::unique_ptr<exchange> talk,
               probe_done done);

 private:
  void begin();
  void found(result<std::vector<std::string>> addresses);
  void dial_next();
  void connected(result<stream_ptr> outcome);
  void send();
  void over(finding what);

  void on_data(bytes_view bytes) override;
  void on_writable() override { send(); }
  void on_end() override;
  void on_closed(const failure& why) override;

  const host& host_;
  const endpoint to_;
  const time_point give_up_at_;
  const duration timeout_;
  std::unique_ptr<exchange> talk_;
  probe_done done_;
  std::deque<std::string> addresses_;  // still to be tried
  std::string unsent_;
  bool over_ = false;
  timer deadline_;  // these last: they die first
  timer tell_;
  resolve_ptr resolving_;
  dial_ptr dialling_;
  stream_ptr stream_;
};

}  // namespace mw::checks

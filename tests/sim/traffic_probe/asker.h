// asker: calls that are answered soon, late or never, calls that are cancelled, chains of calls.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "messages.h"

#include <mw/host.h>
#include <mw/router.h>
#include <mw/rpc.h>
#include <mw/services.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace traffic {

// Asks others, and answers them. Outlived by router and services.
class asker {
 public:
  asker(mw::host& host, mw::router& router, mw::services& home);
  mw::status start();

  // A question to `peer` whose answer is checked; some are cancelled on the way.
  void ask(std::string_view peer);
  // A chain of calls that goes on for ever if nobody stops it.
  void begin_chain();

 private:
  using hop_done = mw::function<void()>;

  void next_hop(std::uint64_t depth, hop_done done);
  void later(mw::duration delay, mw::function<void()> task);

  mw::host& host_;
  mw::router& router_;
  mw::services& home_;
  mw::random_stream& dice_;
  mw::counter answers_;
  mw::counter cancelled_;
  mw::counter chains_;
  mw::counter mistaken_;
  mw::counter too_deep_;
  mw::gauge unended_;
  mw::service_ref question_service_;
  mw::service_ref chain_service_;
  std::vector<mw::responder<question>> silent_;  // questions that are never answered
  std::uint64_t asked_ = 0;
  std::uint64_t timer_number_ = 0;
  mw::registration_ptr questions_;  // these last: they withdraw first
  mw::registration_ptr chained_;
  std::map<std::uint64_t, mw::timer> timers_;
};

}  // namespace traffic

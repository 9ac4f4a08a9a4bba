// dial_attempt: a dial in progress as a plug-in has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "node/lane.h"
#include "platform/platform.h"

#include <mw/streams.h>

#include <optional>

namespace mw::sim {

class stream_network;

class dial_attempt final : public dial_handle {
 public:
  dial_attempt(lane& home, kernel::resource_ledger& ledger, stream_network& net,
               function<void(result<stream_ptr>)> done);
  ~dial_attempt() override;
  void begin(const endpoint& to, const stream_options& options, duration deadline);

  // One of these, once; the plug-in is told in a turn.
  void connected(slot_id connection);
  void failed(failure why);

 private:
  void tell();

  lane& lane_;
  kernel::resource_ledger& ledger_;
  stream_network& net_;
  slot_id id_ = 0;          // of the dial while it is under way
  slot_id connection_ = 0;  // made, but not yet handed out
  std::optional<failure> failure_;
  function<void(result<stream_ptr>)> done_;
  kernel::ledger_entry counted_;
  member_task<dial_attempt, &dial_attempt::tell> telling_{*this};
};

}  // namespace mw::sim

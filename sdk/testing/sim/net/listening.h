// listening: a listener as a plug-in has it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/slot_map.h"
#include "node/lane.h"
#include "platform/platform.h"

#include <mw/streams.h>

namespace mw::sim {

class stream_network;

class listening final : public listener {
 public:
  static result<listener_ptr> make(lane& home, kernel::resource_ledger& ledger, stream_network& net,
                                   const endpoint& at, const stream_options& options,
                                   function<void(stream_ptr)> accepted);
  listening(lane& home, kernel::resource_ledger& ledger, stream_network& net,
            function<void(stream_ptr)> accepted);
  ~listening() override;

  [[nodiscard]] const endpoint& local() const override { return local_; }
  void pause() override { paused_ = true; }
  void resume() override;

  // Connections wait: accept them in a turn.
  void poke() { lane_.ready(accepting_); }

 private:
  void accept();

  lane& lane_;
  kernel::resource_ledger& ledger_;
  stream_network& net_;
  slot_id id_ = 0;
  endpoint local_;
  bool paused_ = false;
  function<void(stream_ptr)> accepted_;
  kernel::ledger_entry counted_;
  life_watch life_;
  member_task<listening, &listening::accept> accepting_{*this};
};

}  // namespace mw::sim

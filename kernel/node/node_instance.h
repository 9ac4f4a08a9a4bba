// node_instance: the runtime's record of one plug-in.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "node/node_runtime.h"

#include <cstdint>
#include <memory>
#include <string>

namespace mw::kernel {

struct node_runtime::instance {
  explicit instance(const stanza& s) : of(s) {}

  const stanza& of;
  // Shared with the work posted to the plug-in's lane, which may end after a failure was handled
  // here.
  std::shared_ptr<plugin_host> host;
  plugin_phase phase = plugin_phase::waiting;
  std::string reason = "waits for its turn to start";
  std::uint64_t life =
      0;              // raised with every construction: late reports of an earlier life are ignored
  bool busy = false;  // its lane is constructing or destroying it right now
  bool reported_ready = false;
  bool reported_degraded = false;  // inside start(); `reason` says why
  bool held = false;               // waits for its retry timer
  duration retry_delay{};
  timer deadline;  // of start or drain
  timer retry;
};

}  // namespace mw::kernel

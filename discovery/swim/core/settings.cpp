// settings: the profiles; the figures are those that users of serf and memberlist know.
// SPDX-License-Identifier: Apache-2.0
#include "core/settings.h"

#include "core/model.h"

namespace mw::swim {

settings settings_for(preset p) {
  settings s;
  switch (p) {
    case preset::lan:
      break;
    case preset::wan:
      s.probe_interval = 5s;
      s.probe_timeout = 3s;
      s.gossip_interval = 500ms;
      s.gossip_nodes = 4;
      s.suspicion_factor = 6;
      s.sync_interval = 60s;
      s.gossip_to_dead = 60s;
      s.stream_timeout = 30s;
      s.silence = 25s;
      s.silence_cap = 100s;
      break;
    case preset::local:
      s.probe_timeout = 200ms;
      s.indirect_probes = 1;
      s.gossip_interval = 100ms;
      s.suspicion_factor = 3;
      s.retransmit_factor = 2;
      s.sync_interval = 15s;
      s.gossip_to_dead = 15s;
      s.stream_timeout = 1s;
      break;
    case preset::fast:
      s.suspicion_factor = 2;
      break;
  }
  return s;
}

std::string_view to_string(liveness state) noexcept {
  switch (state) {
    case liveness::alive:
      return "alive";
    case liveness::suspect:
      return "suspect";
    case liveness::dead:
      return "failed";
    case liveness::left:
      return "left";
  }
  return "unknown";
}

}  // namespace mw::swim

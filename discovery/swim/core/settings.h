// settings: every time and bound of the protocol, by profile.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mw::swim {

enum class preset : std::uint8_t { lan, wan, local, fast };
constexpr std::array<std::string_view, 4> option_names(preset) {
  return {"lan", "wan", "local", "fast"};
}

struct settings {
  duration probe_interval = 1s;
  duration probe_timeout = 500ms;
  std::uint32_t indirect_probes = 3;
  duration gossip_interval = 200ms;
  std::uint32_t gossip_nodes = 3;
  double suspicion_factor = 4;  // times log10 N probe intervals until a suspect is dead
  double suspicion_max = 6;     // times that, while nobody confirms the suspicion
  std::uint32_t retransmit_factor = 4;
  duration sync_interval = 30s;
  duration gossip_to_dead = 30s;  // so that they can refute
  duration stream_timeout = 10s;
  std::uint32_t health_max = 7;

  // The rule for stalled observers. While nothing at all was heard for `silence`, this node's own
  // judgement is in doubt: accusations wait, convictions wait, both no longer than the caps.
  bool stall_aware = true;
  duration silence = 5s;
  duration silence_cap = 20s;  // of silence; beyond, the others are gone and not we
  duration catch_up = 1s;      // after a silence, until what waited to be read has been read
  duration late_tick = 200ms;  // a tick that comes later shows that this process stood still

  duration verify_again = 10ms;  // between the two refusals that prove an exit
  duration distrust = 1min;      // of refusals, after one was proved wrong; doubles
  duration distrust_max = 1h;
  duration reconnect_interval = 10s;  // each failed member is visited about once in it
  duration join_pause_max = 30s;      // between two tries to join through seeds
  duration forget_after = 24h;        // members that failed or left
  duration changes_rest = 2s;         // digests are compared when nothing has changed for so long

  std::size_t members_max = 65'536;
  std::size_t meta_max = 512;  // bytes
  std::size_t name_max = 128;  // bytes
  std::size_t broadcasts_max = 8'192;
  std::size_t relays_max = 1'024;    // indirect probes for others under way
  std::uint32_t jump_max = 1 << 20;  // by which a claim may exceed a known incarnation
  // The same for accusations of members that sign: they are not proved, and each one lifts the
  // incarnation of the accused. Also the step by which this node follows, once a probe interval.
  std::uint32_t accused_jump_max = 16;
  std::size_t waiting_claims_max = 1'024;  // for the card of their signer
  std::size_t card_asks_max = 16;          // conversations about cards at once
};

[[nodiscard]] settings settings_for(preset p);

}  // namespace mw::swim

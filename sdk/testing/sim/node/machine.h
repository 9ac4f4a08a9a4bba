// machine: the hardware of a node, which outlives the processes that run on it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/dice.h"
#include "core/engine.h"
#include "core/node_clock.h"
#include "disk/disk_state.h"

#include <mw/sim.h>

#include <map>
#include <string>

namespace mw::sim {

struct machine {
  machine(engine& world, const sim_node_options& options, std::size_t number)
      : events(world),
        index(number),
        name(options.name),
        seed(hash_mix(world.seed(), number)),
        clock(options.clock),
        disk(world, tag(event_kind::disk), seed, options.disk) {}

  [[nodiscard]] event_tag tag(event_kind kind) const {
    return {static_cast<std::uint16_t>(index), kind};
  }
  // False: packets to it find nobody.
  [[nodiscard]] bool reachable() const { return powered && !suspended; }

  engine& events;
  const std::size_t index;
  const std::string name;
  const std::uint64_t seed;
  node_clock clock;
  disk_state disk;
  bool powered = true;
  bool suspended = false;
  std::map<std::string, sim_command_script> commands;  // by path
  std::uint32_t life = 0;                              // counts the processes that have run on it
};

}  // namespace mw::sim

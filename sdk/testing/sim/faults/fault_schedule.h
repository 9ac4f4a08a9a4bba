// fault_schedule: carries out a plan of faults on the nodes and the network of a world.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/network.h"
#include "node/world_node.h"

#include <mw/sim_faults.h>

#include <memory>
#include <vector>

namespace mw::sim {

// Everything is scheduled at once; the arguments outlive the events.
void schedule_faults(const sim_fault_plan& plan, engine& events, network& net,
                     const std::vector<std::unique_ptr<world_node>>& nodes);

}  // namespace mw::sim

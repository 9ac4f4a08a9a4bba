// reports: the answers of the probes, made from the node's state alone.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/admin.h>
#include <mw/host_services.h>
#include <mw/node_services.h>

#include <vector>

namespace mw::probes {

// Always 200: a node that cannot answer cannot answer this either.
[[nodiscard]] admin_response live();

// 200 while the node is ready, 503 otherwise, naming the plug-ins that stand in the way with their
// YAML line and reason. `verbose` lists all plug-ins.
[[nodiscard]] admin_response ready(node_phase phase, const std::vector<plugin_status>& plugins,
                                   bool verbose);

// 503 only before the node was ready for the first time.
[[nodiscard]] admin_response startup(node_phase phase);

[[nodiscard]] admin_response status_json(const node_info& node, node_phase phase,
                                         const std::vector<plugin_status>& plugins);

}  // namespace mw::probes

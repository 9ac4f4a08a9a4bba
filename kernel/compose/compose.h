// compose: from a tree of settings to a checked node, with every mistake reported in one run.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/composition.h"
#include "config/diagnostic.h"
#include "config/options/option_reader.h"
#include "loader/loader.h"

#include <memory>
#include <vector>

namespace mw::kernel {

struct compose_result {
  composition node;                     // complete only when `found` has no errors
  std::vector<effective_value> values;  // every option with its value and origin, for `mw config`
};

// Reads `node:`, `plugins:` and `bus:`, loads the plug-ins' libraries, reads their options, and
// wires them. Nothing of a plug-in runs but describe() and its options' fields(). `loader` outlives
// the result.
[[nodiscard]] compose_result compose(std::shared_ptr<config_document> document,
                                     plugin_loader& loader, diagnostics& found);

// The parts of compose(), in their order.
void read_sections(compose_result& out, plugin_loader& loader, diagnostics& found);
void wire(composition& node, plugin_loader& loader, diagnostics& found);
void order_stanzas(composition& node, diagnostics& found);
void read_bus(compose_result& out, diagnostics& found);

}  // namespace mw::kernel

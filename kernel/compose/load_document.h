// load_document: the settings of a node from all their layers, ready for compose().
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/composition.h"
#include "config/layers/load_config.h"
#include "config/schema.h"
#include "loader/loader.h"

#include <memory>

namespace mw::kernel {

// Loads what `request` names. The options of the installed plug-ins are the keys that MW_SET_
// variables may name; `loader` searches `node.plugin_path` first from now on. Files of secrets are
// read relative to the main file's folder.
[[nodiscard]] std::shared_ptr<config_document> load_document(config_request request,
                                                             plugin_loader& loader,
                                                             diagnostics& found);

// The options of the sections and of every installed plug-in, for `mw schema` and `mw explain`.
[[nodiscard]] node_file_parts describe_installed(plugin_loader& loader);

// The same of one plug-in.
[[nodiscard]] plugin_schema describe_plugin(const loaded_plugin& plugin);

}  // namespace mw::kernel

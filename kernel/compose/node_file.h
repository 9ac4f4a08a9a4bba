// node_file: a node's YAML, read with everything that is laid over it, and composed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/compose.h"
#include "compose/load_document.h"

#include <memory>
#include <string>
#include <vector>

namespace mw::kernel {

// A composition points into its loader, so both stay together.
struct node_file {
  std::unique_ptr<plugin_loader> loader;
  std::shared_ptr<config_document> document;
  compose_result made;  // complete only when `found` has no errors
  diagnostics found;
};

// Never fails: every mistake is in `found`, where it points into `document->sources`. Plug-ins are
// searched for in `node.plugin_path`, then in `search_path`.
[[nodiscard]] node_file open_node_file(config_request request,
                                       std::vector<std::string> search_path);

}  // namespace mw::kernel

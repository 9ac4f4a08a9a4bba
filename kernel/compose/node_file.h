// node_file: a node's YAML, read with everything that is laid over it, and composed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/compose.h"
#include "config/layers/environment.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw::kernel {

struct node_file_request {
  std::string path = "node.yaml";
  std::optional<std::string> text;  // The content of `path`, when it is not to be read.
  environment variables;
  std::vector<std::string> flags;        // The values of `--set`.
  std::vector<std::string> search_path;  // Directories with plug-ins, after node.plugin_path.
};

// A composition points into its loader, so both stay together.
struct node_file {
  std::shared_ptr<config_document> document;
  std::unique_ptr<plugin_loader> loader;
  compose_result made;  // complete only when `found` has no errors
  diagnostics found;
};

// Never fails: every mistake is in `found`, where it points into `document->sources`.
[[nodiscard]] node_file open_node_file(node_file_request request);

}  // namespace mw::kernel

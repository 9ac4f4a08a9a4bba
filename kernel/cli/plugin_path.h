// plugin_path: the directories in which `mw` looks for plug-ins and templates.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "compose/node_file.h"
#include "verb.h"

#include <string>
#include <vector>

namespace mw::kernel::cli {

// In this order: --plugin-path, $MW_PLUGIN_PATH, what was built or installed together with `mw`.
// `node.plugin_path` of a node file comes before all of them.
[[nodiscard]] std::vector<std::string> plugin_search_path(const arguments& given,
                                                          const surroundings& world);

// The node file `path` with --set, --plugin-path and the environment laid over it.
[[nodiscard]] node_file open_node_file(const std::string& path, const arguments& given,
                                       const surroundings& world);

// What this binary belongs to: an installation below `home`, or a build tree.
struct installation {
  std::string home;
  bool installed = false;
  std::string templates;  // the directory that `mw new` copies from; empty when there is none
};
[[nodiscard]] installation find_installation(const surroundings& world);

}  // namespace mw::kernel::cli

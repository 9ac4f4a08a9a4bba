// node_registry: which nodes of this user run on this machine, and where they keep their things.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/layers/environment.h"
#include "platform/unique_fd.h"

#include <mw/result.h>

#include <string>
#include <vector>

namespace mw::kernel::cli {

// A folder for this user alone holds one file for each running node: its data directory, its id.
// The node keeps the file locked: one that is not locked is left over from a crash, and removed.
// The folder is the first of these that can be used:
//   $XDG_RUNTIME_DIR/meshwright    /run/user/UID/meshwright    /tmp/meshwright-UID
// It must belong to this user and be closed to all others, or it counts as not there.

struct running_node {
  std::string id;
  std::string data_dir;  // absolute
};

// Lives as long as the node.
class node_entry {
 public:
  node_entry() = default;
  node_entry(std::string path, unique_fd held) : path_(std::move(path)), held_(std::move(held)) {}
  node_entry(node_entry&& other) noexcept = default;
  node_entry& operator=(node_entry&& other) = delete;
  ~node_entry();

 private:
  std::string path_;
  unique_fd held_;
};

// Fails when no folder can be used; the node runs as well without.
[[nodiscard]] result<node_entry> register_node(const running_node& node,
                                               const environment& variables);

// All that run, of all folders that can be used, by data directory.
[[nodiscard]] std::vector<running_node> list_running_nodes(const environment& variables);

}  // namespace mw::kernel::cli

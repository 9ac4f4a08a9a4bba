// include: a node file with the files that it includes, as one tree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"
#include "environment.h"

#include <mw/function.h>
#include <mw/result.h>

#include <string>

namespace mw::kernel {

using file_reader = function<result<std::string>(const std::string& path)>;

// What loading files needs. All references outlive the call.
struct file_context {
  source_set& sources;
  diagnostics& found;
  const environment& variables;  // The paths of includes may use them.
  file_reader& read_file;
};

// Loads `path`. Its top-level `include: [file, ...]` names files relative to its own folder. Later
// ones win over earlier ones, and the file itself over all of them. Null after a syntax error.
[[nodiscard]] tree_node load_files(file_context context, const std::string& path);

// The same for a text that was read already; `path` names it in messages and anchors its includes.
[[nodiscard]] tree_node load_text(file_context context, const std::string& path, std::string text);

}  // namespace mw::kernel

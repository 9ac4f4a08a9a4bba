// option_scalar: one scalar of the tree into one option, with everything ambiguous refused.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"

#include <mw/function.h>
#include <mw/options.h>

#include <string>

namespace mw::kernel {

// What reading options needs besides the tree. All references outlive the readers.
struct option_context {
  source_set& sources;
  diagnostics& found;
  // The content of a secret's file. The kernel never looks for files by itself.
  function<result<std::string>(const std::string& path)> read_secret;
};

// Reads `node` into the scalar `value`; `path` is its key path. False when a mistake was reported.
[[nodiscard]] bool read_scalar(option_context& context, const tree_node& node,
                               const std::string& path, const field_meta& meta, option_ref value);

}  // namespace mw::kernel

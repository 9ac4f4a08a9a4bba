// variables: replaces ${NAME} and ${NAME:-default} in the scalars of a tree.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"
#include "environment.h"

#include <string>

namespace mw::kernel {

// Replaces variables in every scalar under `root`, after parsing: the text of a variable can never
// become structure. `$$` is a dollar sign. The default counts when the variable is unset or empty.
// A scalar with a variable counts as unquoted: inside braces YAML demands the quotes. `path` is the
// key path of `root`.
void replace_variables(tree_node& root, const std::string& path, const environment& variables,
                       diagnostics& found);

}  // namespace mw::kernel

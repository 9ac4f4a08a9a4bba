// overrides: `--set path=value` flags and MW_SET_ variables, laid over the files.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/diagnostic.h"
#include "config/tree.h"
#include "environment.h"

#include <mw/function.h>

#include <span>
#include <string>
#include <vector>

namespace mw::kernel {

// The keys that may stand in the map at `path`, besides those that already do. For stanzas these
// are the options of the plug-in that `root` names there.
using known_keys =
    function<std::vector<std::string>(const tree_node& root, const std::vector<std::string>& path)>;

// Applies flags of the form `plugins.tcp.listen=127.0.0.1:0`. Numbers count into lists; missing
// maps are made. A value in brackets, braces or quotes is YAML, everything else is plain text.
// Mistakes point into the text of the flag.
void apply_flags(tree_node& root, std::span<const std::string> flags, source_set& sources,
                 diagnostics& found);

// Applies variables named MW_SET_ and a path with `_` between its keys. Since keys may contain `_`
// (or `-`, which counts as `_`), the path is found by trying the keys that exist or are known:
// exactly one reading has to fit.
void apply_environment(tree_node& root, const environment& variables, known_keys& known,
                       source_set& sources, diagnostics& found);

}  // namespace mw::kernel

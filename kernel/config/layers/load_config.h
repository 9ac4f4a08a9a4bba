// load_config: everything a node's settings are made of, in the order of their precedence.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "include.h"
#include "overrides.h"

#include <optional>
#include <string>
#include <vector>

namespace mw::kernel {

struct config_request {
  std::string path = "node.yaml";   // Of the main file; also its name in messages.
  std::optional<std::string> text;  // The main file's content, when it is not to be read.
  environment variables;
  std::vector<std::string> flags;  // The values of `--set`.
  file_reader read_file;           // read_text_file() for real files.
  known_keys known;                // May be empty: then only keys that exist are known.
};

// Files and their includes, MW_SET_ variables, `--set` flags, then ${VARIABLES} in all of them. The
// result is null when there is nothing to work with; mistakes are in `found` in any case.
[[nodiscard]] tree_node load_config(config_request& request, source_set& sources,
                                    diagnostics& found);

// Reads a regular file of at most `bytes_max`; the failure's text says why it cannot.
[[nodiscard]] result<std::string> read_text_file(const std::string& path,
                                                 std::size_t bytes_max = 1U << 20U);

}  // namespace mw::kernel

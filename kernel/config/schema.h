// schema: one JSON Schema for a whole node file, merged from everything that is installed.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "options/option_info.h"

#include <mw/manifest.h>

#include <string>
#include <vector>

namespace mw::kernel {

// What the schema needs to know about one type of plug-in.
struct plugin_schema {
  std::string type;     // "transport.tcp"
  std::string summary;  // One sentence.
  std::vector<option_info> options;
  std::vector<contract_need> needs;  // Each slot is a key of the stanza.
};

struct node_file_parts {
  std::vector<option_info> node;      // `node:`
  std::vector<option_info> stanza;    // What all stanzas share; `use` is one of them.
  std::vector<option_info> bus_rule;  // One item of `bus:`.
  std::vector<plugin_schema> plugins;
};

// JSON Schema (draft 2020-12) on one line. Editors complete a stanza's keys by its `use:`.
[[nodiscard]] std::string node_file_schema(const node_file_parts& parts);

}  // namespace mw::kernel

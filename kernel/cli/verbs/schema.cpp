// schema: `mw schema`, one JSON Schema for node files, for editors.
// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include "bus/bus_rules.h"
#include "cli/describe/installed.h"
#include "cli/describe/plugin_text.h"
#include "compose/composition.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array flags{plugin_path_flag};

template <class Section>
std::vector<option_info> options_in() {
  option_gatherer seen;
  Section().fields(seen);
  return seen.take();
}

exit_code run(const arguments& given, surroundings& world) {
  const installed_plugins installed = find_installed(given, world);
  node_file_parts parts;
  parts.node = options_in<node_section>();
  parts.stanza = options_in<stanza_section>();
  parts.bus_rule = options_in<bus_rule>();
  for (const loaded_plugin* one : installed.plugins) {
    parts.plugins.push_back({std::string(one->type()), one->declared.summary, options_of(*one),
                             one->declared.needs});
  }
  world.io.say(node_file_schema(parts) + "\n");
  return exit_code::ok;
}

}  // namespace

extern const verb schema_verb{
    "schema",
    "",
    0,
    0,
    "print the JSON Schema of node files, for editors",
    "Prints one JSON Schema (draft 2020-12) made of node, bus and the options of all installed "
    "plug-ins. Editors that know YAML use it to complete keys and to mark mistakes; name it in the "
    "first line of a node file: # yaml-language-server: $schema=meshwright.json",
    "mw schema > meshwright.json",
    flags,
    run};

}  // namespace mw::kernel::cli

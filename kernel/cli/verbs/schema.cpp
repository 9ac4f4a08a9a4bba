// schema: `mw schema`, one JSON Schema for node files, for editors.
// SPDX-License-Identifier: Apache-2.0
#include "config/schema.h"

#include "cli/plugin_path.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array flags{plugin_path_flag};

exit_code run(const arguments& given, surroundings& world) {
  plugin_loader loader(plugin_search_path(given, world));
  world.io.say(node_file_schema(describe_installed(loader)) + "\n");
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

// config: `mw config`, the settings as they count, each with its origin.
// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_path.h"
#include "config/options/option_doc.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array flags{json_flag, set_flag, plugin_path_flag};

exit_code run(const arguments& given, surroundings& world) {
  const node_file file = open_node_file(given.operands.front(), given, world);
  const auto& sources = file.document->sources;
  world.io.complain(render_text(file.found, sources, {world.io.colors_complaints()}));
  if (file.found.has_errors()) return exit_code::no;
  world.io.say(given.has("--json") ? render_values_json(file.made.values, sources) + "\n"
                                   : render_values(file.made.values, sources));
  return exit_code::ok;
}

}  // namespace

extern const verb config_verb{
    "config",
    "FILE",
    1,
    1,
    "print every setting with its value and where it came from",
    "Prints the settings of node, plug-ins and bus as they are after includes, MW_SET_ variables, "
    "--set flags and ${VARIABLES}: one line each, with its origin (a place in a file, a variable, "
    "a "
    "flag, or the default). Secrets are not printed.",
    "mw config node.yaml\nmw config node.yaml --set plugins.http.listen=127.0.0.1:0 --json",
    flags,
    run};

}  // namespace mw::kernel::cli

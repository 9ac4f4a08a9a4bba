// graph: `mw graph`, the wiring of a node.
// SPDX-License-Identifier: Apache-2.0
#include "cli/graph/node_graph.h"
#include "cli/plugin_path.h"
#include "config/nearest.h"
#include "verbs.h"

#include <array>
#include <vector>

namespace mw::kernel::cli {
namespace {

constexpr flag format_flag{"--format", "FORMAT", "text (default), dot, mermaid or json."};
constexpr std::array flags{format_flag, json_flag, set_flag, plugin_path_flag};

exit_code unknown_format(const std::string& name, surroundings& world) {
  const std::vector<std::string> known{"text", "dot", "mermaid", "json"};
  const std::string guess = nearest(name, known);
  world.io.complain("mw graph: unknown format '" + printable(name) + "'" +
                    (guess.empty() ? "; the formats are text, dot, mermaid and json"
                                   : "; did you mean '" + guess + "'?") +
                    "\n");
  return exit_code::usage;
}

exit_code run(const arguments& given, surroundings& world) {
  const std::string format = given.has("--json") ? "json" : given.text("--format", "text");
  if (format != "text" && format != "dot" && format != "mermaid" && format != "json")
    return unknown_format(format, world);
  const node_file file = open_node_file(given.operands.front(), given, world);
  world.io.complain(
      render_text(file.found, file.document->sources, {world.io.colors_complaints()}));
  if (file.found.has_errors()) return exit_code::no;
  const node_graph graph = make_graph(file.made.node);
  if (format == "text") world.io.say(draw_text(graph, world.io.colors_answers()));
  if (format == "dot") world.io.say(draw_dot(graph));
  if (format == "mermaid") world.io.say(draw_mermaid(graph));
  if (format == "json") world.io.say(draw_json(graph));
  return exit_code::ok;
}

}  // namespace

extern const verb graph_verb{
    "graph",
    "FILE",
    1,
    1,
    "draw the wiring of a node: who calls whom, who hears whom",
    "Shows the plug-ins of a node in their start order, which provider serves each slot, and every "
    "edge of the event bus with its queue, filter and the rule that shaped it.",
    "mw graph node.yaml\nmw graph node.yaml --format dot | dot -Tsvg > node.svg",
    flags,
    run};

}  // namespace mw::kernel::cli

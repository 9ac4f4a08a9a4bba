// status: `mw status`, what a running node says about itself.
// SPDX-License-Identifier: Apache-2.0
#include "cli/http_get.h"
#include "config/diagnostic.h"
#include "config/yaml/yaml_load.h"
#include "verbs.h"

#include <algorithm>
#include <array>
#include <vector>

namespace mw::kernel::cli {
namespace {

constexpr flag timeout_flag{"--timeout", "DURATION", "How long to wait for an answer. Default 5s."};
constexpr std::array flags{json_flag, timeout_flag};
constexpr std::string_view default_address = "http://127.0.0.1:7480";

// JSON is YAML, and the strict YAML reader is here already. Null when it is neither.
tree_node read_json(const std::string& text) {
  source_set sources;
  diagnostics found;
  const source_id id = sources.add(source_kind::file, "answer", text);
  tree_node root = load_yaml(id, sources, found);
  return found.has_errors() ? tree_node() : root;
}

std::string cell(const tree_node& map, std::string_view key) {
  return printable(std::string(map.text(key)));
}

std::string plugin_lines(const tree_node& plugins) {
  std::size_t name_width = 0;
  std::size_t type_width = 0;
  for (const tree_node& one : plugins.children) {
    name_width = std::max(name_width, cell(one, "name").size());
    type_width = std::max(type_width, cell(one, "type").size());
  }
  std::string out;
  for (const tree_node& one : plugins.children) {
    std::string line = "  " + padded(cell(one, "name"), name_width + 2) +
                       padded(cell(one, "type"), type_width + 2) + padded(cell(one, "phase"), 10);
    if (one.text("required") == "false") line += "(optional) ";
    line += cell(one, "reason");
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

exit_code report(const http_answer& answer, bool json, console& io) {
  const tree_node root = read_json(answer.body);
  const tree_node* plugins = root.find("plugins");
  if (root.text("phase").empty() || plugins == nullptr) {
    io.complain("mw status: this is not the status of a node\n");
    return exit_code::cannot_run;
  }
  if (json) {
    io.say(answer.body + (answer.body.ends_with('\n') ? "" : "\n"));
  } else {
    io.say(bold("node " + cell(root, "id"), io.colors_answers()) + " of cluster " +
           cell(root, "cluster") + ": " + cell(root, "phase") + "\n" + plugin_lines(*plugins));
  }
  return root.text("phase") == "ready" ? exit_code::ok : exit_code::no;
}

exit_code refuse(const std::string& why, exit_code code, console& io) {
  io.complain("mw status: " + printable(why) + "\n");
  return code;
}

exit_code run(const arguments& given, surroundings& world) {
  const std::string address =
      given.operands.empty() ? std::string(default_address) : given.operands.front();
  auto target = parse_http_target(address);
  if (!target) return refuse(target.error().text(), exit_code::usage, world.io);
  const auto limit = parse_duration(given.text("--timeout", "5s"));
  if (!limit || *limit <= duration::zero())
    return refuse("--timeout takes a duration such as 5s", exit_code::usage, world.io);
  if (target->path.empty()) target->path = "/status";
  const auto answer = http_get(*target, *limit);
  if (!answer)
    return refuse("no node answers at " + address + ": " + answer.error().text() +
                      "; is it running, with `use: http` in its file?",
                  exit_code::cannot_run, world.io);
  if (answer->status == 404)
    return refuse(
        "the node at " + address + " has no status to show: add { use: probes } to its plug-ins",
        exit_code::cannot_run, world.io);
  if (answer->status != 200)
    return refuse(address + " answered " + std::to_string(answer->status), exit_code::cannot_run,
                  world.io);
  return report(*answer, given.has("--json"), world.io);
}

}  // namespace

extern const verb status_verb{
    "status",
    "[ADDRESS]",
    0,
    1,
    "ask a running node for its phase and the phases of its plug-ins",
    "Asks the HTTP endpoint of a running node (default http://127.0.0.1:7480) for /status, which "
    "the plug-in probes serves. Exit code 0 when the node is ready, 1 when it is not, 3 when there "
    "is no answer.",
    "mw status\nmw status 127.0.0.1:7481 --json | jq .phase",
    flags,
    run};

}  // namespace mw::kernel::cli

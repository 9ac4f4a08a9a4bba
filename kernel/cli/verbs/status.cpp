// status: `mw status`, what a running node says about itself.
// SPDX-License-Identifier: Apache-2.0
#include "cli/http/node_client.h"
#include "config/diagnostic.h"
#include "config/yaml/yaml_load.h"
#include "verbs.h"

#include <algorithm>
#include <array>
#include <vector>

namespace mw::kernel::cli {
namespace {

constexpr flag timeout_flag{"--timeout", "DURATION", "How long to wait for an answer. Default 5s."};
constexpr std::array flags{json_flag, timeout_flag, node_file_flag, token_file_flag,
                           ca_flag,   cert_flag,    key_flag};

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

exit_code report(const node_answer& answer, bool json, console& io) {
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
  node_place where = place_from(given);
  if (!given.operands.empty()) where.admin = given.operands.front();
  const auto limit = parse_duration(given.text("--timeout", "5s"));
  if (!limit || *limit <= duration::zero())
    return refuse("--timeout takes a duration such as 5s", exit_code::usage, world.io);
  where.limit = *limit;
  const auto node = find_node(where, world);
  if (!node)
    return refuse(node.error().text(),
                  node.error().kind() == errc::invalid ? exit_code::usage : exit_code::cannot_run,
                  world.io);
  const std::string path = node->at.path.empty() ? "/status" : node->at.path;
  const auto answer = ask_node(*node, where, path, {}, false);
  const std::string who = to_string(node->at);
  if (!answer) return refuse(answer.error().text(), exit_code::cannot_run, world.io);
  if (answer->status == 404)
    return refuse(
        "the node at " + who + " has no status to show: add { use: probes } to its plug-ins",
        exit_code::cannot_run, world.io);
  if (answer->status != 200)
    return refuse(who + " answered " + std::to_string(answer->status), exit_code::cannot_run,
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
    "Asks the admin pages of a running node (default: the node of this user that runs here, or "
    "http://127.0.0.1:7480) for /status, which the plug-in probes serves. The token of a node of "
    "this user is found by itself. Exit code 0 when the node is ready, 1 when it is not, 3 when "
    "there is no answer.",
    "mw status\nmw status 127.0.0.1:7481 --json | jq .phase\n"
    "mw status https://127.0.0.1:7480 --admin-ca ca.pem --token-file n1.token",
    flags,
    run};

}  // namespace mw::kernel::cli

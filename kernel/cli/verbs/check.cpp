// check: `mw check`, every mistake of node files in one run.
// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_path.h"
#include "verbs.h"

#include <mw/toolkit/json_writer.h>

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr flag strict_flag{"--strict", "", "Treat warnings as errors."};
constexpr std::array flags{json_flag, strict_flag, set_flag, plugin_path_flag};
constexpr std::size_t files_max = 10'000;

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string verdict(const std::string& path, const node_file& file) {
  const composition& node = file.made.node;
  return path + ": ok, node " + node.node.id + " with " + counted(node.stanzas.size(), "plug-in") +
         "\n";
}

std::string verdict_json(const std::string& path, const node_file& file) {
  json_writer out;
  out.begin_object().key("checked").value(path);
  out.key("errors").value(file.found.error_count() + file.found.left_out());
  out.key("warnings").value(file.found.warning_count());
  return out.end_object().take() + "\n";
}

exit_code run(const arguments& given, surroundings& world) {
  bool good = true;
  for (const std::string& path : given.operands) {
    const node_file file = open_node_file(path, given, world);
    const auto& sources = file.document->sources;
    if (given.has("--json")) {
      world.io.say(render_json(file.found, sources) + verdict_json(path, file));
    } else {
      world.io.say(render_text(file.found, sources, {world.io.colors_answers()}));
      if (!file.found.has_errors()) world.io.say(verdict(path, file));
    }
    good = good && !file.found.has_errors() &&
           !(given.has("--strict") && file.found.warning_count() != 0);
  }
  return good ? exit_code::ok : exit_code::no;
}

}  // namespace

extern const verb check_verb{
    "check",
    "FILE...",
    1,
    files_max,
    "find every mistake in node files without starting anything",
    "Reads each file with its includes and overrides, loads the plug-ins that it names, and checks "
    "options, wiring and bus rules. All mistakes are reported in one run, each with its place and "
    "a "
    "code that `mw explain CODE` describes. Nothing of a plug-in is started.\n\n"
    "With --json, each line is an object: a diagnostic, or {checked, errors, warnings} after the "
    "last one of a file.",
    "mw check node.yaml\nmw check --json examples/*/node.yaml --set node.id=n2",
    flags,
    run};

}  // namespace mw::kernel::cli

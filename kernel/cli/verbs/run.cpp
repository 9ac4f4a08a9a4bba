// run: `mw run`, a node from a file until it is told to stop.
// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_path.h"
#include "cli/run/live_node.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr flag level_flag{"--log-level", "LEVEL",
                          "debug, info, warn or error; short for --set node.log.level=LEVEL."};
constexpr flag ready_flag{"--print-ready", "",
                          "Print `ready ID` to standard output once the node is ready."};
constexpr std::array flags{set_flag, level_flag, ready_flag, plugin_path_flag};

exit_code run(const arguments& given, surroundings& world) {
  arguments laid_over = given;
  if (given.has("--log-level"))
    laid_over.add("--set", "node.log.level=" + given.text("--log-level"));
  node_file file = open_node_file(given.operands.front(), laid_over, world);
  world.io.complain(
      render_text(file.found, file.document->sources, {world.io.colors_complaints()}));
  if (file.found.has_errors()) return exit_code::cannot_run;
  return run_live(file, given.has("--print-ready"), world);
}

}  // namespace

extern const verb run_verb{
    "run",
    "FILE",
    1,
    1,
    "run a node until it is told to stop",
    "Checks the file as `mw check` does, creates data_dir, and starts the plug-ins, providers "
    "first. A relative data_dir starts in the directory where mw is started. The log goes to "
    "standard error, or to node.log.file.\n\n"
    "SIGINT (Ctrl-C) or SIGTERM drains the node and stops it; a second one does not wait for "
    "drains; "
    "a third one ends the process at once. SIGHUP opens the log file again.\n\n"
    "Exit code 0 after a stop that was asked for, 1 when a plug-in's failure stopped the running "
    "node, 3 when it could not start.",
    "mw run node.yaml\nNODE_ID=n2 mw run node.yaml --set plugins.http.listen=127.0.0.1:0 "
    "--print-ready",
    flags,
    run};

}  // namespace mw::kernel::cli

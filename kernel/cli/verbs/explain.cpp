// explain: `mw explain`, what a name means.
// SPDX-License-Identifier: Apache-2.0
#include "cli/describe/explain.h"

#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr flag list_flag{"--list", "", "Print all names that can be explained."};
constexpr std::array flags{json_flag, list_flag, plugin_path_flag};

exit_code unknown(const std::string& name, const installed_plugins& installed,
                  surroundings& world) {
  for (const broken_library& one : installed.broken) {
    if (name != one.type && !name.starts_with(one.type + ".")) continue;
    world.io.complain("mw explain: plug-in '" + one.type + "' cannot be used\n" + reason_text(one));
    return exit_code::no;
  }
  const std::string guess = nearest_name(name, installed);
  world.io.complain("mw explain: nothing is known as '" + printable(name) + "'" +
                    (guess.empty() ? "" : "; did you mean '" + guess + "'?") +
                    "\nTry `mw explain --list`.\n");
  return exit_code::no;
}

exit_code run(const arguments& given, surroundings& world) {
  const installed_plugins installed = find_installed(given, world);
  if (given.has("--list")) {
    for (const std::string& name : explained_names(installed)) world.io.say(name + "\n");
    return exit_code::ok;
  }
  if (given.operands.empty()) {
    world.io.complain(
        "mw explain: something is missing: mw explain NAME\n"
        "Try `mw explain --help`.\n");
    return exit_code::usage;
  }
  const std::string& name = given.operands.front();
  const auto found = explain(name, installed, world.io.colors_answers());
  if (!found) return unknown(name, installed, world);
  world.io.say(given.has("--json") ? found->json + "\n" : found->text);
  return exit_code::ok;
}

}  // namespace

extern const verb explain_verb{
    "explain",
    "NAME",
    0,
    1,
    "explain a plug-in, an option, an event, a contract or an error code",
    "NAME is a diagnostic code (CFG0011), the type of an installed plug-in (transport.tcp), one of "
    "its options or slots (transport.tcp.listen), a part of a node file (node, stanza, bus, "
    "node.data_dir), an event (peer.found) or a contract (transport/1).",
    "mw explain CFG0020\nmw explain greeter.greeting\nmw explain node.data_dir",
    flags,
    run};

}  // namespace mw::kernel::cli

// help: `mw help` and `mw version`.
// SPDX-License-Identifier: Apache-2.0
#include "cli/dispatch.h"
#include "cli/tools/tools.h"
#include "cli/usage.h"
#include "verbs.h"
#include "version.h"

#include <mw/abi.h>
#include <mw/toolkit/json_writer.h>

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array version_flags{json_flag};

exit_code run_help(const arguments& given, surroundings& world) {
  const bool color = world.io.colors_answers();
  if (given.operands.empty()) {
    world.io.say(verb_list(tool_lines(find_tools(given, world), color), color));
    return exit_code::ok;
  }
  const std::string& topic = given.operands.front();
  if (topic == "exit-codes") {
    world.io.say(exit_codes_help(color));
    return exit_code::ok;
  }
  // An unknown topic is answered like an unknown verb.
  const std::array<std::string, 2> words{topic, "--help"};
  return run_mw(words, world);
}

exit_code run_version(const arguments& given, surroundings& world) {
  if (given.has("--json")) {
    json_writer out;
    out.begin_object().key("version").value(version()).key("sdk_abi").value(sdk_abi);
    out.key("compiler_abi").value(compiler_abi).end_object();
    world.io.say(out.take() + "\n");
  } else {
    world.io.say("mw " + std::string(version()) + " (SDK ABI " + std::to_string(sdk_abi) + ", " +
                 compiler_abi + ")\n");
  }
  return exit_code::ok;
}

}  // namespace

extern const verb help_verb{"help",
                            "[VERB|exit-codes]",
                            0,
                            1,
                            "explain mw, one verb, or the exit codes",
                            "Lists the verbs, explains one of them, or lists the exit codes.",
                            "mw help check\nmw help exit-codes",
                            {},
                            run_help};

extern const verb version_verb{
    "version",
    "",
    0,
    0,
    "print the version of mw and of its plug-in interface",
    "Prints the version of mw, the number of the SDK's binary interface, and the compiler "
    "interface. Plug-ins have to agree with the last two.",
    "mw version",
    version_flags,
    run_version};

}  // namespace mw::kernel::cli

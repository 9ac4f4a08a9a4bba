// completion: `mw completion bash`, made from the verbs themselves.
// SPDX-License-Identifier: Apache-2.0
#include "cli/tools/tools.h"
#include "verbs.h"

namespace mw::kernel::cli {
namespace {

std::string flags_text(const verb& of) {
  std::string out;
  for (const flag& one : flags_of(of)) out += (out.empty() ? "" : " ") + std::string(one.name);
  return out;
}

std::string bash_script(const tool_list& brought) {
  std::string verbs;
  std::string cases;
  for (const verb* one : all_verbs()) {
    verbs += (verbs.empty() ? "" : " ") + std::string(one->name);
    cases += "    " + std::string(one->name) + ") flags='" + flags_text(*one) + "' ;;\n";
  }
  for (const found_tool& one : brought.tools) verbs += " " + std::string(one.what->verb);
  return "# Completion of mw for bash. Load it with:  source <(mw completion bash)\n"
         "_mw() {\n"
         "  local word=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} flags=\n"
         "  if [ \"$COMP_CWORD\" = 1 ]; then\n"
         "    mapfile -t COMPREPLY < <(compgen -W '" +
         verbs +
         "' -- \"$word\")\n"
         "    return\n"
         "  fi\n"
         "  case $verb in\n" +
         cases +
         "  esac\n"
         "  case $verb:$word in\n"
         "    *:-*) mapfile -t COMPREPLY < <(compgen -W \"$flags\" -- \"$word\") ;;\n"
         "    explain:*) mapfile -t COMPREPLY < <(compgen -W \"$(mw explain --list 2>/dev/null)\" "
         "-- "
         "\"$word\") ;;\n"
         "    help:*) mapfile -t COMPREPLY < <(compgen -W '" +
         verbs +
         " exit-codes' -- \"$word\") ;;\n"
         "    completion:*) COMPREPLY=(bash) ;;\n"
         "    new:*) mapfile -t COMPREPLY < <(compgen -W 'listener balancer transport discovery' "
         "-- "
         "\"$word\") ;;\n"
         "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\") ;;\n"
         "  esac\n"
         "}\n"
         "complete -o filenames -F _mw mw\n";
}

exit_code run(const arguments& given, surroundings& world) {
  if (given.operands.front() != "bash") {
    world.io.complain("mw completion: only bash is known, not '" +
                      printable(given.operands.front()) + "'\n");
    return exit_code::usage;
  }
  world.io.say(bash_script(find_tools(given, world)));
  return exit_code::ok;
}

}  // namespace

extern const verb completion_verb{
    "completion",
    "bash",
    1,
    1,
    "print a script that completes mw in the shell",
    "Prints a script for bash that completes verbs, flags, the names that `mw explain` knows, and "
    "files. Load it in ~/.bashrc.",
    "source <(mw completion bash)",
    {},
    run};

}  // namespace mw::kernel::cli

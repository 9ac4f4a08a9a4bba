// dispatch: finds the verb, checks its arguments, runs it, and makes sure its answer arrived.
// SPDX-License-Identifier: Apache-2.0
#include "dispatch.h"

#include "config/nearest.h"
#include "tools/tools.h"
#include "usage.h"

namespace mw::kernel::cli {
namespace {

exit_code refuse(surroundings& world, const std::string& who, const std::string& why,
                 const std::string& help) {
  world.io.complain(who + ": " + why + "\nTry `" + help + "`.\n");
  return exit_code::usage;
}

exit_code unknown_verb(const std::string& name, surroundings& world) {
  std::vector<std::string> names;
  for (const verb* one : all_verbs()) names.emplace_back(one->name);
  const tool_list brought = find_tools({}, world);
  for (const found_tool& one : brought.tools) names.emplace_back(one.what->verb);
  const std::string guess = nearest(name, names);
  const std::string what = name.starts_with('-') ? "unknown flag '" : "unknown verb '";
  return refuse(
      world, "mw",
      what + printable(name) + "'" + (guess.empty() ? "" : "; did you mean '" + guess + "'?"),
      "mw help");
}

std::string wrong_count(const verb& of, std::size_t given) {
  if (given < of.operands_min) return "something is missing: mw " + synopsis(of);
  return "too many arguments: mw " + synopsis(of);
}

// A verb of a plug-in, or nothing we know.
exit_code run_other(const std::string& name, std::span<const std::string> words,
                    surroundings& world) {
  if (!name.starts_with('-'))
    if (const auto code = run_tool(name, words, world)) return *code;
  return unknown_verb(name, world);
}

exit_code run_verb(const verb& of, std::span<const std::string> words, surroundings& world) {
  const std::string who = "mw " + std::string(of.name);
  auto given = parse_arguments(words, flags_of(of));
  if (!given) return refuse(world, who, given.error().text(), who + " --help");
  if (given->has("--help")) {
    world.io.say(verb_help(of, world.io.colors_answers()));
    return exit_code::ok;
  }
  const std::size_t count = given->operands.size();
  if (count < of.operands_min || count > of.operands_max)
    return refuse(world, who, wrong_count(of, count), who + " --help");
  return of.run(*given, world);
}

}  // namespace

exit_code run_mw(std::span<const std::string> words, surroundings& world) {
  exit_code code = exit_code::ok;
  if (words.empty()) {
    world.io.say(first_steps(world.io.colors_answers()));
  } else {
    std::string name = words.front();
    if (name == "--help" || name == "-h") name = "help";
    if (name == "--version" || name == "-V") name = "version";
    const verb* found = find_verb(name);
    code = found != nullptr ? run_verb(*found, words.subspan(1), world)
                            : run_other(name, words.subspan(1), world);
  }
  if (world.io.all_written()) return code;
  world.io.complain("mw: the output could not be written\n");
  return exit_code::cannot_run;
}

}  // namespace mw::kernel::cli

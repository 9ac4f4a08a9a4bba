// new: `mw new`, the first files of a plug-in of your own.
// SPDX-License-Identifier: Apache-2.0
#include "cli/plugin_path.h"
#include "cli/scaffold.h"
#include "config/nearest.h"
#include "verbs.h"

#include <mw/toolkit/json_writer.h>

#include <algorithm>
#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array flags{json_flag};

exit_code refuse(const std::string& why, exit_code code, console& io) {
  io.complain("mw new: " + printable(why) + "\n");
  return code;
}

std::string unknown_kind(const std::string& kind, const std::vector<std::string>& kinds) {
  std::string text = "there is no template for a '" + kind + "'";
  if (const std::string guess = nearest(kind, kinds); !guess.empty())
    return text + "; did you mean '" + guess + "'?";
  text += "; the kinds are";
  for (const std::string& one : kinds) text += (one == kinds.front() ? " " : ", ") + one;
  return text;
}

// In the source tree the type is the path; elsewhere one folder with the whole name is enough.
std::string default_directory(std::string name) {
  std::replace(name.begin(), name.end(), '.', '/');
  return name;
}

std::string as_json(const scaffold_request& made, const std::vector<std::string>& files) {
  json_writer out;
  out.begin_object().key("name").value(made.name).key("directory").value(made.to);
  out.key("files").begin_array();
  for (const std::string& file : files) out.value(file);
  return out.end_array().end_object().take() + "\n";
}

// How to build against the SDK that belongs to this mw: found by itself in the usual places, named
// elsewhere, and to be installed first when mw runs from its build tree.
std::string build_commands(const std::string& to, const installation& of) {
  std::string first;
  std::string where;
  if (!of.installed) first = "  cmake --install " + of.home + " --prefix sdk   # once\n";
  if (!of.installed) where = " -DCMAKE_PREFIX_PATH=$PWD/sdk";
  if (of.installed && of.home != "/usr" && of.home != "/usr/local")
    where = " -DCMAKE_PREFIX_PATH=" + of.home;
  return first + "  cmake -S " + to + " -B " + to + "/build -G Ninja" + where +
         "\n  cmake --build " + to + "/build\n  ctest --test-dir " + to + "/build\n";
}

std::string as_text(const scaffold_request& made, const std::vector<std::string>& files,
                    const installation& of) {
  std::string out;
  for (const std::string& file : files) out += "made " + made.to + "/" + file + "\n";
  return out + "\nNext, build it and run its tests:\n" + build_commands(made.to, of) +
         "Then see it in a node:\n  mw run --plugin-path " + made.to + "/build/plugins " + made.to +
         "/example.yaml\n";
}

exit_code run(const arguments& given, surroundings& world) {
  const installation of = find_installation(world);
  const std::string& directory = of.templates;
  if (directory.empty())
    return refuse("the templates are not installed with this mw", exit_code::cannot_run, world.io);
  const std::string& kind = given.operands[0];
  const std::string& name = given.operands[1];
  const std::vector<std::string> kinds = template_kinds(directory);
  if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
    return refuse(unknown_kind(kind, kinds), exit_code::usage, world.io);
  if (const status good = check_plugin_name(name); !good)
    return refuse(good.error().text(), exit_code::usage, world.io);
  const scaffold_request request{
      directory + "/" + kind,
      given.operands.size() > 2 ? given.operands[2] : default_directory(name), name};
  const auto made = make_scaffold(request);
  if (!made) return refuse(made.error().text(), exit_code::cannot_run, world.io);
  world.io.say(given.has("--json") ? as_json(request, *made) : as_text(request, *made, of));
  return exit_code::ok;
}

}  // namespace

extern const verb new_verb{
    "new",
    "KIND NAME [DIR]",
    2,
    3,
    "start a plug-in of your own from a template",
    "Writes a plug-in that builds, passes its tests and runs in a node, to be changed into what is "
    "needed. KIND is listener, balancer, transport or discovery; NAME is the type by which node "
    "files will use it, for example discovery.dns. DIR is where to write, by default a folder "
    "named "
    "after the type: discovery/dns.",
    "mw new listener hello\nmw new discovery discovery.dns my_plugins/dns",
    flags,
    run};

}  // namespace mw::kernel::cli

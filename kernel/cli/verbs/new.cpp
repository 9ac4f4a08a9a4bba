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

std::string as_text(const scaffold_request& made, const std::vector<std::string>& files) {
  std::string out;
  for (const std::string& file : files) out += "made " + made.to + "/" + file + "\n";
  const std::string& to = made.to;
  return out + "\nNext, build it and run its tests:\n  cmake -S " + to + " -B " + to +
         "/build -G Ninja && cmake --build " + to + "/build && ctest --test-dir " + to +
         "/build\nThen see it in a node:\n  mw run --plugin-path " + to + "/build/plugins " + to +
         "/example.yaml\n";
}

exit_code run(const arguments& given, surroundings& world) {
  const std::string directory = template_directory(world);
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
  world.io.say(given.has("--json") ? as_json(request, *made) : as_text(request, *made));
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

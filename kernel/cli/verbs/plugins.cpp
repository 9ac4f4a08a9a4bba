// plugins: `mw plugins`, what is installed and what is broken.
// SPDX-License-Identifier: Apache-2.0
#include "cli/describe/installed.h"
#include "cli/describe/plugin_text.h"
#include "verbs.h"

#include <array>

namespace mw::kernel::cli {
namespace {

constexpr std::array flags{json_flag, plugin_path_flag};

std::string as_json(const installed_plugins& installed) {
  json_writer out;
  out.begin_object().key("search_path").begin_array();
  for (const std::string& directory : installed.loader->search_path()) out.value(directory);
  out.end_array().key("plugins").begin_array();
  for (const loaded_plugin* one : installed.plugins) write_plugin(out, *one, false);
  out.end_array().key("broken").begin_array();
  for (const broken_library& one : installed.broken) {
    out.begin_object().key("type").value(one.type).key("code").value(one.why.code);
    out.key("message").value(one.why.message).key("help").value(one.why.help).end_object();
  }
  return out.end_array().end_object().take() + "\n";
}

std::string as_text(const installed_plugins& installed, bool color) {
  std::string out;
  for (const loaded_plugin* one : installed.plugins) out += plugin_paragraph(*one, color) + "\n";
  for (const broken_library& one : installed.broken) {
    out += bold(one.type, color) + " cannot be used\n" + reason_text(one) + "\n";
  }
  out += std::to_string(installed.plugins.size()) + " installed, " +
         std::to_string(installed.broken.size()) + " broken; searched in";
  for (const std::string& directory : installed.loader->search_path()) out += " " + directory;
  if (installed.loader->search_path().empty()) out += " no directory: use --plugin-path DIR";
  return out + "\n";
}

exit_code run(const arguments& given, surroundings& world) {
  const installed_plugins installed = find_installed(given, world);
  world.io.say(given.has("--json") ? as_json(installed)
                                   : as_text(installed, world.io.colors_answers()));
  return exit_code::ok;
}

}  // namespace

extern const verb plugins_verb{
    "plugins",
    "",
    0,
    0,
    "list the installed plug-ins",
    "Lists every plug-in on the search path: version, stability (wip, alpha, stable), whom it may "
    "be exposed to (local-only, authenticated-peer, hostile-peer), contracts and events. Libraries "
    "that cannot be used are listed with the reason.\n\n"
    "The search path: node.plugin_path of a node file, --plugin-path, $MW_PLUGIN_PATH (separated "
    "by "
    "colons), then the directories that belong to this mw.",
    "mw plugins\nmw plugins --json | jq -r '.plugins[].type'",
    flags,
    run};

}  // namespace mw::kernel::cli

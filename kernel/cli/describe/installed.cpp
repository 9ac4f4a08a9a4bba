// installed: loads everything once; libraries only describe themselves, nothing of them runs.
// SPDX-License-Identifier: Apache-2.0
#include "installed.h"

#include "cli/plugin_path.h"

namespace mw::kernel::cli {

installed_plugins find_installed(const arguments& given, const surroundings& world) {
  installed_plugins out;
  out.loader = std::make_unique<plugin_loader>(plugin_search_path(given, world));
  for (const std::string& type : out.loader->available()) {
    auto outcome = out.loader->load(type);
    if (const auto* loaded = std::get_if<const loaded_plugin*>(&outcome))
      out.plugins.push_back(*loaded);
    else
      out.broken.push_back({type, std::get<load_failure>(std::move(outcome))});
  }
  return out;
}

std::string reason_text(const broken_library& broken) {
  return "    error[" + broken.why.code + "]: " + printable(broken.why.message) +
         "\n    help: " + broken.why.help + "\n";
}

}  // namespace mw::kernel::cli

// installed: all plug-ins on the search path, loaded, with the reasons of those that cannot be.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.h"
#include "loader/loader.h"

#include <memory>
#include <string>
#include <vector>

namespace mw::kernel::cli {

struct broken_library {
  std::string type;  // as its file is named
  load_failure why;
};

// Pointers live as long as the loader.
struct installed_plugins {
  std::unique_ptr<plugin_loader> loader;
  std::vector<const loaded_plugin*> plugins;  // sorted by type
  std::vector<broken_library> broken;
};

// Why the library cannot be used, and what to do: two lines.
[[nodiscard]] std::string reason_text(const broken_library& broken);

[[nodiscard]] installed_plugins find_installed(const arguments& given, const surroundings& world);

}  // namespace mw::kernel::cli

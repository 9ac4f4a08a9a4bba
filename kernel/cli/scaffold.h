// scaffold: copies a template folder, with the name of the new plug-in in it.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace mw::kernel::cli {

struct scaffold_request {
  std::string from;  // the folder of one template
  std::string to;    // must not exist, or be empty
  std::string name;  // the type: "discovery.dns"
};

// Fine when a plug-in can have this name, which also becomes the name of a C++ class.
[[nodiscard]] status check_plugin_name(std::string_view name);

// Copies all files; @name@ becomes the name and @class@ the name with '_' for '.', in texts and in
// file names. Gives the new files, sorted. After a failure nothing of it is left behind.
[[nodiscard]] result<std::vector<std::string>> make_scaffold(const scaffold_request& request);

// The folders in `directory`, sorted: one a kind of plug-in.
[[nodiscard]] std::vector<std::string> template_kinds(const std::string& directory);

}  // namespace mw::kernel::cli

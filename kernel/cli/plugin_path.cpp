// plugin_path: places relative to the binary, so that a build tree and an installation both work.
// SPDX-License-Identifier: Apache-2.0
#include "plugin_path.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

bool exists_as_directory(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

fs::path home_of(const surroundings& world) {
  return fs::path(world.program).parent_path().parent_path();
}

void split_path(const std::string& text, std::vector<std::string>& out) {
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(':', start), text.size());
    if (end > start) out.push_back(text.substr(start, end - start));
    start = end + 1;
  }
}

}  // namespace

std::vector<std::string> plugin_search_path(const arguments& given, const surroundings& world) {
  std::vector<std::string> out = given.all("--plugin-path");
  if (const auto listed = world.variables.find("MW_PLUGIN_PATH"); listed != world.variables.end())
    split_path(listed->second, out);
  const fs::path home = home_of(world);
  for (const fs::path& place : {home / "plugins", home / MW_INSTALLED_PLUGINS})
    if (exists_as_directory(place)) out.push_back(place.string());
  std::vector<std::string> once;  // messages list these: a directory named twice would only puzzle
  for (std::string& one : out)
    if (std::find(once.begin(), once.end(), one) == once.end()) once.push_back(std::move(one));
  return once;
}

node_file open_node_file(const std::string& path, const arguments& given,
                         const surroundings& world) {
  config_request request;
  request.path = path;
  request.variables = world.variables;
  request.flags = given.all("--set");
  return kernel::open_node_file(std::move(request), plugin_search_path(given, world));
}

installation find_installation(const surroundings& world) {
  const fs::path home = home_of(world);
  installation out{home.string(), true, (home / MW_INSTALLED_TEMPLATES).string()};
  if (exists_as_directory(out.templates)) return out;
  out.installed = false;
  out.templates = exists_as_directory(MW_SOURCE_TEMPLATES) ? MW_SOURCE_TEMPLATES : "";
  return out;
}

}  // namespace mw::kernel::cli

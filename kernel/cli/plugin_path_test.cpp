// plugin_path_test: where plug-ins and templates are looked for, and in which order.
// SPDX-License-Identifier: Apache-2.0
#include "plugin_path.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;
using strings = std::vector<std::string>;

// An installation: <folder>/bin/mw with plug-ins and templates beside it.
struct installed_tree {
  fs::path folder = fs::temp_directory_path() / ("mw_plugin_path_test_" + std::to_string(getpid()));
  console io{stdout, stderr};
  surroundings world{{}, (folder / "bin/mw").string(), io};
  arguments given;

  ~installed_tree() { fs::remove_all(folder); }
  std::string make(const std::string& path) const {
    fs::create_directories(folder / path);
    return (folder / path).string();
  }
};

TEST_CASE("flags, then the environment, then what belongs to the binary") {
  installed_tree here;
  CHECK(plugin_search_path(here.given, here.world).empty());
  const std::string own = here.make("plugins");
  here.world.variables["MW_PLUGIN_PATH"] = ":/b::/c:";
  here.given.add("--plugin-path", "/a");
  CHECK(plugin_search_path(here.given, here.world) == strings{"/a", "/b", "/c", own});
  here.given.add("--plugin-path", own);
  const strings once{"/a", own, "/b", "/c"};
  CHECK_MESSAGE(plugin_search_path(here.given, here.world) == once, "not twice");
}

TEST_CASE("directories that a node file names come before all others") {
  installed_tree here;
  const std::string named = here.make("named");
  here.world.variables["MW_WHERE"] = named;
  const std::string path = (here.folder / "node.yaml").string();
  std::ofstream(path) << "node: { id: n1, plugin_path: [\"${MW_WHERE}\"] }\nplugins: {}\n";
  here.given.add("--plugin-path", "/a");
  const node_file file = open_node_file(path, here.given, here.world);
  CHECK(file.loader->search_path() == strings{named, "/a"});
}

TEST_CASE("templates of the installation come before those of the source tree") {
  installed_tree here;
  const std::string own = here.make("share/meshwright/template");
  CHECK(find_installation(here.world).templates == own);
  CHECK(find_installation(here.world).installed);
  fs::remove_all(own);
  CHECK_FALSE(find_installation(here.world).installed);
}

}  // namespace
}  // namespace mw::kernel::cli

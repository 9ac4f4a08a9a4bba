// scaffold_test: names that can be, copies with their names in them, nothing left after a failure.
// SPDX-License-Identifier: Apache-2.0
#include "scaffold.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

// A template with two files, in a folder that goes with the test.
struct scratch {
  fs::path folder = fs::temp_directory_path() / ("mw_scaffold_test_" + std::to_string(getpid()));

  scratch() {
    fs::create_directories(folder / "template/listener/deep");
    write("template/listener/@name@_test.cpp", "// @name@\nclass @class@;\n@other@ @name\n");
    write("template/listener/deep/plugin.cpp", "MW_PLUGIN(@class@, \"@name@\")\n");
  }
  ~scratch() { fs::remove_all(folder); }
  void write(const std::string& path, const std::string& text) const {
    std::ofstream(folder / path) << text;
  }
  [[nodiscard]] std::string read(const std::string& path) const {
    std::ostringstream out;
    out << std::ifstream(folder / path).rdbuf();
    return out.str();
  }
  [[nodiscard]] scaffold_request request(const std::string& to, const std::string& name) const {
    return {(folder / "template/listener").string(), (folder / to).string(), name};
  }
};

TEST_CASE("names of plug-ins") {
  for (const char* good : {"hello", "discovery.dns", "a1.b_2.c", "news"}) {
    CAPTURE(good);
    CHECK(check_plugin_name(good).ok());
  }
  for (const std::string& bad :
       {std::string(), std::string("Hello"), std::string("1a"), std::string("a..b"),
        std::string("a."), std::string(".a"), std::string("../x"), std::string("a b"),
        std::string("a-b"), std::string("class"), std::string("options"), std::string("mw"),
        std::string("_a"), std::string(65, 'a')}) {
    CAPTURE(bad);
    CHECK_FALSE(check_plugin_name(bad).ok());
  }
}

TEST_CASE("a copy has the names in its texts and file names") {
  const scratch here;
  const auto made = make_scaffold(here.request("my/dns", "discovery.dns"));
  REQUIRE(made.ok());
  CHECK(*made == std::vector<std::string>{"deep/plugin.cpp", "discovery.dns_test.cpp"});
  CHECK(here.read("my/dns/discovery.dns_test.cpp") ==
        "// discovery.dns\nclass discovery_dns;\n@other@ @name\n");
  CHECK(here.read("my/dns/deep/plugin.cpp") == "MW_PLUGIN(discovery_dns, \"discovery.dns\")\n");
}

TEST_CASE("what is there is not touched") {
  const scratch here;
  fs::create_directories(here.folder / "mine");
  CHECK_MESSAGE(make_scaffold(here.request("mine", "a")).ok(), "an empty folder will do");
  const auto again = make_scaffold(here.request("mine", "b"));
  REQUIRE(!again.ok());
  CHECK(again.error().text().ends_with("mine exists already and is not empty"));
  CHECK(fs::exists(here.folder / "mine/a_test.cpp"));
  CHECK_FALSE(fs::exists(here.folder / "mine/b_test.cpp"));
}

TEST_CASE("nothing is left of a copy that failed") {
  const scratch here;
  here.write("template/listener/@name@", "this name is a folder in the copy, too");
  fs::create_directories(here.folder / "template/listener/a");
  here.write("template/listener/a/x", "");
  CHECK_FALSE(make_scaffold(here.request("mine", "a")).ok());
  CHECK_FALSE(fs::exists(here.folder / "mine"));
  CHECK_FALSE(make_scaffold({(here.folder / "none").string(), "x", "a"}).ok());
}

TEST_CASE("the kinds are the folders") {
  const scratch here;
  CHECK(template_kinds((here.folder / "template").string()) ==
        std::vector<std::string>{"listener"});
  CHECK(template_kinds("/nowhere").empty());
}

}  // namespace
}  // namespace mw::kernel::cli

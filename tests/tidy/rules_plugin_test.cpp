// rules_plugin_test: planted plug-in folders that lack something, and the ratchet of exceptions.
// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "ratchet.h"

#include <doctest/doctest.h>

namespace mw::tidy {
namespace {

using files = std::vector<std::pair<std::string, std::string>>;

const std::string readme =
    "# tcp\n\nstatus: stable\ntrust: hostile-peer\n\n```yaml\ntcp: { use: transport.tcp }\n```\n";

files whole() {
  return {{"transport/tcp/plugin.cpp", "int x;\n"},
          {"transport/tcp/README.md", readme},
          {"transport/tcp/tcp_test.cpp", "TEST_CASE(\"a\") {}\n"},
          {"transport/tcp/CMakeLists.txt", "mw_plugin(tcp)\n"}};
}

// The whole folder with one file's text exchanged; an empty text removes the file.
files with(const std::string& path, const std::string& text) {
  files tree;
  for (auto& [name, old] : whole()) {
    if (name != path)
      tree.emplace_back(name, old);
    else if (!text.empty())
      tree.emplace_back(name, text);
  }
  return tree;
}

std::size_t faults(files planted) {
  return run_rule(check_plugin_folders, std::move(planted)).size();
}

std::string without(std::string text, const std::string& part) {
  return text.erase(text.find(part), part.size());
}

TEST_CASE("plugin-folder: everything is there, or named") {
  CHECK(faults(whole()) == 0);
  CHECK(faults(with("transport/tcp/README.md", "")) == 1);
  CHECK(faults(with("transport/tcp/tcp_test.cpp", "")) == 1);
  CHECK(faults(with("transport/tcp/tcp_test.cpp", "// TEST_CASE\n")) == 1);
  CHECK(faults(with("transport/tcp/CMakeLists.txt", "add_library(tcp)\n")) == 1);
}

TEST_CASE("plugin-folder: the README has its parts") {
  const std::string path = "transport/tcp/README.md";
  CHECK(faults(with(path, without(readme, "status:"))) == 1);
  CHECK(faults(with(path, without(readme, "trust:"))) == 1);
  CHECK(faults(with(path, without(readme, "```yaml"))) == 1);
  CHECK(faults(with(path, without(readme, "use: transport.tcp"))) == 1);
  const findings found = run_rule(check_plugin_folders, with(path, readme + std::string(40, '\n')));
  REQUIRE(found.size() == 1);
  CHECK(found.front().rule == "readme-lines");
}

TEST_CASE("documented: options and metrics stand in the README") {
  const auto with_code = [](const std::string& code, const std::string& words) {
    files tree = with("transport/tcp/plugin.cpp", code);
    for (auto& [path, text] : tree)
      if (path.ends_with("README.md")) text += words;
    return faults(std::move(tree));
  };
  const std::string option = "v.field(\"listen\", listen, \"where\");\n";
  CHECK(with_code(option, "`listen`\n") == 0);
  CHECK(with_code(option, "") == 1);
  CHECK(with_code(option, "`listener`\n") == 1);
  for (const char* metric : {"host.counter(\n  \"mw_tcp_total\"", "host.gauge(\"mw_tcp_total\"",
                             "host.histogram(\"mw_tcp_total\""}) {
    CHECK(with_code(std::string(metric) + ", \"help\");\n", "mw_tcp_total\n") == 0);
    CHECK(with_code(std::string(metric) + ", \"help\");\n", "mw_tcp\n") == 1);
  }
  CHECK(with_code("// v.field(\"listen\")\nv.field(name, x);\n", "") == 0);
}

TEST_CASE("plugin-folder: the type name is the path") {
  CHECK(plugin_type("transport/tcp") == "transport.tcp");
  CHECK(plugin_type("plugins/raft") == "raft");
}

TEST_CASE("ratchet: an exception holds to its number and no further") {
  const findings long_file{{"file-lines", "a.cpp", 1, 520, "long"}};
  CHECK(apply_ratchet(long_file, "", "r").size() == 1);
  CHECK(apply_ratchet(long_file, "file-lines a.cpp 520 a table of codes\n", "r").empty());
  CHECK(apply_ratchet(long_file, "file-lines a.cpp 519 a table of codes\n", "r").size() == 1);
  CHECK(apply_ratchet(long_file, "file-lines b.cpp 520 a table of codes\n", "r").size() == 2);
}

TEST_CASE("ratchet: exceptions shrink, vanish and give a reason") {
  const findings two{{"banned", "a.cpp", 1, 1, "x"}, {"banned", "a.cpp", 9, 1, "y"}};
  CHECK(apply_ratchet(two, "banned a.cpp 2 wraps a C library\n", "r").empty());
  const findings wide = apply_ratchet(two, "# head\nbanned a.cpp 3 wraps a C library\n", "r");
  REQUIRE(wide.size() == 1);
  CHECK(wide.front().message == "can shrink to 2");
  CHECK(wide.front().line == 2);
  CHECK(apply_ratchet({}, "banned a.cpp 2 wraps a C library\n", "r").front().message ==
        "no longer needed: delete the line");
  CHECK(apply_ratchet({}, "banned a.cpp 2\n", "r").size() == 1);
  CHECK(apply_ratchet({}, "banned a.cpp two because\n", "r").size() == 1);
}

}  // namespace
}  // namespace mw::tidy

// rules_includes_test: planted includes that cross a floor, and badly written ones.
// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <doctest/doctest.h>

namespace mw::tidy {
namespace {

using files = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view libraries =
    "# comment\nuv.h: kernel/platform/\nyaml-cpp/: kernel/yaml.cpp\nopenssl/: transport/tls/ "
    "*_test.cpp\n";

std::size_t faults(files planted) {
  findings out;
  check_include_floors(make_tree(std::move(planted)), parse_third_party(libraries), out);
  return out.size();
}

TEST_CASE("floors: the sdk includes the standard library and itself") {
  CHECK(faults({{"sdk/include/mw/a.h", "#include <vector>\n#include <mw/b.h>\n"}}) == 0);
  CHECK(faults({{"sdk/include/mw/a.h", "#include <unistd.h>\n"}}) == 1);
  CHECK(faults({{"sdk/include/mw/a.h", "#include <uv.h>\n"}}) == 1);
  CHECK(faults({{"sdk/src/a.cpp", "#include <yaml-cpp/yaml.h>\n"}}) == 1);
}

TEST_CASE("floors: libraries stay in the files named for them") {
  CHECK(faults({{"kernel/platform/loop.cpp", "#include <uv.h>\n"}}) == 0);
  CHECK(faults({{"kernel/node.cpp", "#include <uv.h>\n"}}) == 1);
  CHECK(faults({{"kernel/yaml.cpp", "#include <yaml-cpp/yaml.h>\n"}}) == 0);
  CHECK(faults({{"kernel/node.cpp", "#include <unistd.h>\n"}}) == 0);
  CHECK(faults({{"transport/tls/pump.h", "#include <openssl/ssl.h>\n"}}) == 0);
  CHECK(faults({{"transport/tcp/a.h", "#include <openssl/ssl.h>\n"}}) == 1);
}

TEST_CASE("floors: a plug-in sees the sdk, itself and its domain's common/") {
  const files tree = {{"transport/tcp/core.h", ""},
                      {"transport/common/frame.h", ""},
                      {"transport/pool/pool.h", ""},
                      {"kernel/node.h", ""}};
  const auto with = [&](const std::string& include) {
    files planted = tree;
    planted.emplace_back("transport/tcp/plugin.cpp", "#include " + include + "\n");
    return faults(planted);
  };
  CHECK(with("\"core.h\"") == 0);
  CHECK(with("\"common/frame.h\"") == 0);
  CHECK(with("<mw/plugin.h>") == 0);
  CHECK(with("\"pool/pool.h\"") == 1);
  CHECK(with("\"../pool/pool.h\"") == 1);
  CHECK(with("\"kernel/node.h\"") == 1);
  CHECK(with("<sys/socket.h>") == 1);
}

TEST_CASE("floors: a commented include is none") {
  CHECK(faults({{"sdk/include/mw/a.h", "// #include <uv.h>\n"}}) == 0);
}

TEST_CASE("include-form: pragma once, and the own header first") {
  CHECK(run_rule(check_include_form, {{"kernel/a.h", "#pragma once\n"}}).empty());
  CHECK(run_rule(check_include_form, {{"kernel/a.h", "// #pragma once\n"}}).size() == 1);
  const auto with = [](const std::string& text) {
    return run_rule(check_include_form, {{"kernel/a.h", "#pragma once\n"}, {"kernel/a.cpp", text}})
        .size();
  };
  CHECK(with("#include \"a.h\"\n#include <vector>\n") == 0);
  CHECK(with("#include <vector>\n#include \"a.h\"\n") == 1);
  CHECK(with("int x;\n") == 1);
}

TEST_CASE("dead: headers nobody includes, sources nobody builds") {
  const auto dead = [](files planted) {
    return run_rule(check_dead_files, std::move(planted)).size();
  };
  CHECK(dead({{"kernel/a.h", ""}, {"kernel/b.cpp", "#include \"a.h\"\n"}}) == 0);
  CHECK(dead({{"kernel/a.h", ""}, {"kernel/b.cpp", "// #include \"a.h\"\n"}}) == 1);
  CHECK(dead({{"sdk/include/mw/a.h", ""}}) == 0);
  const std::string build = "plugins/x/CMakeLists.txt";
  CHECK(dead({{"plugins/x/core/a.cpp", ""}, {build, "mw_plugin(x SOURCES core/a.cpp)\n"}}) == 0);
  CHECK(dead({{"plugins/x/core/a.cpp", ""}, {build, "mw_plugin(x SOURCES b.cpp)\n"}}) == 1);
  CHECK(dead({{"kernel/x/a_test.cpp", ""},
              {"kernel/CMakeLists.txt", "file(GLOB_RECURSE s *.cpp)\n"}}) == 0);
  CHECK(dead({{"kernel/x/a_test.cpp", ""}}) == 1);
}

}  // namespace
}  // namespace mw::tidy

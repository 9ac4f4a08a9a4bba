// rules_size_test: planted long files, long functions, full folders and strange folders.
// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "functions.h"
#include "lexer.h"

#include <doctest/doctest.h>

namespace mw::tidy {
namespace {

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "int x;\n";
  return text;
}

std::vector<std::size_t> function_lines(std::string_view text) {
  std::vector<std::size_t> sizes;
  for (const function_span& span : functions_of(split(text).code)) sizes.push_back(span.lines());
  return sizes;
}

using sizes = std::vector<std::size_t>;

TEST_CASE("file-lines: each kind of file has its own limit") {
  const auto measured = [](const std::string& path, std::size_t count) {
    const findings found = run_rule(check_file_sizes, {{path, lines(count)}});
    return found.empty() ? 0 : found.front().measure;
  };
  CHECK(measured("kernel/a.cpp", 500) == 0);
  CHECK(measured("kernel/a.cpp", 501) == 501);
  CHECK(measured("sdk/include/mw/a.h", 150) == 0);
  CHECK(measured("sdk/include/mw/a.h", 151) == 151);
  CHECK(measured("kernel/a_test.cpp", 800) == 0);
  CHECK(measured("kernel/a_test.cpp", 801) == 801);
}

TEST_CASE("function-lines: seventy are allowed, seventy-one are not") {
  const auto function = [](std::size_t body) { return "void f() {\n" + lines(body) + "}\n"; };
  CHECK(run_rule(check_function_sizes, {{"kernel/a.cpp", function(68)}}).empty());
  const findings found = run_rule(check_function_sizes, {{"kernel/a.cpp", function(69)}});
  REQUIRE(found.size() == 1);
  CHECK(found.front().measure == 71);
}

TEST_CASE("function-lines: bodies are told from scopes and initialisers") {
  CHECK(function_lines(
            "namespace a {\nclass b : public c {\n public:\n  int f() const {\n  }\n};\n}\n") ==
        sizes{2});
  CHECK(function_lines("struct s {\n public:\n  struct t {\n    void g() {}\n  };\n};\n") ==
        sizes{1});
  CHECK(function_lines("a::a(int b) : c_{b}, d_{1,\n 2} {\n  f();\n}\n") == sizes{3});
  CHECK(function_lines("constexpr int table[] = {\n f(1),\n 2};\nint x{3};\n").empty());
  CHECK(function_lines("enum class e { one, two };\nextern \"C\" {\nint f() { return 1; }\n}\n") ==
        sizes{1});
  CHECK(function_lines("template <class T, int N = 3>\nrequires ok<T>\nT f(T t) {\n}\n") ==
        sizes{2});
  CHECK(function_lines("bool a::operator==(const a& b) const {\n}\n") == sizes{2});
  CHECK(function_lines("TEST_CASE(\"x {\") {\n  SUBCASE(\"y\") {\n  }\n}\n") == sizes{4});
}

TEST_CASE("function-lines: braces in literals, comments and macros do not count") {
  CHECK(function_lines("void f() {\n  g(\"}\"); // }\n  h('}');\n}\n") == sizes{4});
  CHECK(function_lines("#define M(x) void x() { \\\n }\nvoid f() {\n}\n") == sizes{2});
  CHECK(function_lines("auto t = R\"x(}\n{)x\";\nvoid f() {\n}\n") == sizes{2});
  CHECK(function_lines("void f() {\n  int n = 1'000'000;\n  g('{');\n}\n") == sizes{4});
}

TEST_CASE("layout: full, deep and unknown folders") {
  std::vector<std::pair<std::string, std::string>> files;
  for (int i = 0; i < 26; ++i) files.emplace_back("kernel/f" + std::to_string(i) + ".cpp", "");
  const findings full = run_rule(check_folders, files);
  REQUIRE(full.size() == 1);
  CHECK(full.front().rule == "folder-files");
  CHECK(full.front().measure == 26);

  CHECK(run_rule(check_folders, {{"kernel/a/b/c/d.cpp", ""}}).empty());
  CHECK(run_rule(check_folders, {{"kernel/a/b/c/d/e.cpp", ""}}).front().rule == "folder-depth");
  CHECK(run_rule(check_folders, {{"utils/a.cpp", ""}}).front().rule == "layout");
  CHECK(run_rule(check_folders, {{"README.md", ""}}).empty());
}

}  // namespace
}  // namespace mw::tidy

// rules_text_test: planted violations of first lines, white space, leftovers and foreign words.
// SPDX-License-Identifier: Apache-2.0
#include "check.h"

#include <doctest/doctest.h>

namespace mw::tidy {
namespace {

using numbers = std::vector<std::size_t>;

const std::string licence = "SPDX-License-Identifier: Apache-2.0\n";

TEST_CASE("head: a file says what it is and under which licence") {
  CHECK(lines_found(check_first_lines, "kernel/a.cpp", "// a: does a.\n// " + licence).empty());
  CHECK(lines_found(check_first_lines, "tests/run.sh", "#!/bin/sh\n# run: runs.\n# " + licence)
            .empty());
  CHECK(lines_found(check_first_lines, "kernel/CMakeLists.txt", "# kernel: it.\n# " + licence)
            .empty());

  CHECK(lines_found(check_first_lines, "kernel/a.cpp", "#include <a>\n") == numbers{1, 2});
  CHECK(lines_found(check_first_lines, "kernel/a.cpp", "// does a\n// " + licence) == numbers{1});
  CHECK(lines_found(check_first_lines, "kernel/a.cpp", "// a: does a.\n\n") == numbers{2});
  CHECK(lines_found(check_first_lines, "tests/run.sh", "#!/bin/sh\nset -e\n") == numbers{2, 3});
  CHECK(lines_found(check_first_lines, "sdk/cmake/a.cmake", "") == numbers{1, 2});
}

TEST_CASE("head: what is kept byte for byte needs no head") {
  CHECK(lines_found(check_first_lines, "plugins/a/CMakeLists.txt",
                    "mw_plugin(a SOURCES plugin.cpp)\n")
            .empty());
  CHECK(lines_found(check_first_lines, "README.md", "# Title\n").empty());
  CHECK(lines_found(check_first_lines, "tests/golden/a.txt", "$ mw\n").empty());
}

TEST_CASE("form: tabs, trailing white space, carriage returns, long lines, no newline") {
  CHECK(lines_found(check_text_form, "kernel/a.cpp", "int a;\n").empty());
  CHECK(lines_found(check_text_form, "kernel/a.cpp", "\tint a;\n") == numbers{1});
  CHECK(lines_found(check_text_form, "README.md", "a\nb \n") == numbers{2});
  CHECK(lines_found(check_text_form, "README.md", "a\r\n") == numbers{1});
  CHECK(lines_found(check_text_form, "README.md", "a\nb") == numbers{2});
  CHECK(lines_found(check_text_form, "kernel/a.cpp", std::string(101, 'x') + "\n") == numbers{1});
}

TEST_CASE("form: columns are characters, and prose may be long") {
  std::string accents;
  for (int i = 0; i < 100; ++i) accents += "\xC3\xA9";
  CHECK(lines_found(check_text_form, "kernel/a.cpp", accents + "\n").empty());
  CHECK(lines_found(check_text_form, "README.md", std::string(300, 'x') + "\n").empty());
  CHECK(lines_found(check_text_form, "tests/golden/a.txt", "kept \t\n").empty());
}

TEST_CASE("words: leftovers fail the build, TODO does not") {
  const std::string leftover = std::string("FIX") + "ME";
  CHECK(lines_found(check_forbidden_words, "kernel/a.cpp", "a\n// " + leftover + " b\n") ==
        numbers{2});
  CHECK(lines_found(check_forbidden_words, "tests/run.sh", "# " + leftover + "\n") == numbers{1});
  CHECK(lines_found(check_forbidden_words, "kernel/a.cpp", "// TODO(perf) later\n").empty());
}

TEST_CASE("words: paths of one machine and hosts of others") {
  const std::string home = std::string("/ho") + "me/";
  const std::string mirror = std::string("https:") + "//mirror.invalid/debian";
  CHECK(lines_found(check_forbidden_words, "tests/run.sh", "cd " + home + "me\n") == numbers{1});
  CHECK(lines_found(check_forbidden_words, "tests/run.sh", "cd ${X}" + home + "me\n").empty());
  CHECK(lines_found(check_forbidden_words, "README.md", "a\nsee " + mirror + "\n") == numbers{2});
  CHECK(lines_found(check_forbidden_words, "README.md", "see http://127.0.0.1:7480/metrics\n")
            .empty());
}

}  // namespace
}  // namespace mw::tidy

// diagnostic_test: the collector's bounds and both renderings.
// SPDX-License-Identifier: Apache-2.0
#include "diagnostic.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

struct sample {
  source_set sources;
  source_id id = sources.add(source_kind::file, "node.yaml", "tcp:\n  lisen: x\n  listen: y\n");
};

TEST_CASE("text shows place, code, line, caret and help") {
  sample s;
  diagnostics found;
  found.error("CFG0020", {s.id, 2, 3, 5}, "unknown key 'lisen'")
      .at_key("plugins.tcp.lisen")
      .expecting("one of listen, backlog")
      .suggesting("listen")
      .noting("the right one is here", {s.id, 3, 3, 6});
  CHECK(render_text(found, s.sources) ==
        "node.yaml:2:3: error[CFG0020]: unknown key 'lisen'\n"
        "    2 |   lisen: x\n"
        "      |   ^^^^^\n"
        "      = at: plugins.tcp.lisen\n"
        "      = expected: one of listen, backlog\n"
        "      = help: did you mean 'listen'?\n"
        "node.yaml:3:3: note: the right one is here\n"
        "    3 |   listen: y\n"
        "      |   ^^^^^^\n"
        "\n"
        "1 error, 0 warnings\n");
}

TEST_CASE("colour only when asked, and a message without place") {
  diagnostics found;
  const source_set none;
  found.warning("WIR0001", {}, "nobody uses \x1b[2J this");
  CHECK(render_text(found, none) ==
        "warning[WIR0001]: nobody uses ?[2J this\n\n0 errors, 1 warning\n");
  CHECK(render_text(found, none, {.color = true}).find("\x1b[1;33mwarning[WIR0001]\x1b[0m") !=
        std::string::npos);
  CHECK(render_text(diagnostics(), none).empty());
}

TEST_CASE("JSON has one object a line") {
  sample s;
  diagnostics found;
  found.error("CFG0020", {s.id, 2, 3, 5}, "unknown \"key\"")
      .suggesting("listen")
      .noting("other", {s.id, 1, 1, 3});
  found.warning("WIR0002", {}, "unused");
  CHECK(render_json(found, s.sources) ==
        R"({"code":"WIR0002","severity":"warning","message":"unused"})"
        "\n"
        R"({"code":"CFG0020","severity":"error","file":"node.yaml","line":2,"column":3,"length":5,)"
        R"("message":"unknown \"key\"","suggestion":"listen",)"
        R"("notes":[{"message":"other","file":"node.yaml","line":1,"column":1,"length":3}]})"
        "\n");
}

TEST_CASE("sorted by place, repeated once, capped") {
  sample s;
  diagnostics found(2);
  found.error("CFG0020", {s.id, 3, 1, 1}, "later");
  found.error("CFG0020", {s.id, 3, 1, 1}, "later").noting("goes nowhere");
  found.error("CFG0020", {s.id, 1, 1, 1}, "first");
  found.error("CFG0020", {s.id, 2, 1, 1}, "beyond the cap");
  CHECK(found.error_count() == 3);
  CHECK(found.left_out() == 1);
  REQUIRE(found.sorted().size() == 2);
  CHECK(found.sorted()[0].message == "first");
  CHECK(found.sorted()[1].notes.empty());
  CHECK(render_text(found, s.sources).find("... and 1 more\n3 errors") != std::string::npos);
  CHECK(render_json(found, s.sources).find("{\"left_out\":1}\n") != std::string::npos);
}

TEST_CASE("long lines are shown around the caret") {
  source_set sources;
  const source_id id =
      sources.add(source_kind::file, "a", std::string(5000, 'x') + "!" + std::string(5000, 'y'));
  diagnostics found;
  found.error("CFG0004", {id, 1, 5001, 9000}, "here");
  const std::string text = render_text(found, sources);
  CHECK(text.size() < 500);
  CHECK(text.find("x!y") != std::string::npos);
}

}  // namespace
}  // namespace mw::kernel

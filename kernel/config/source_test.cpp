// source_test: places, lines, redaction and the description of origins.
// SPDX-License-Identifier: Apache-2.0
#include "source.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

TEST_CASE("columns and lengths count code points") {
  source_set sources;
  const source_id id = sources.add(source_kind::file, "a.yaml", "a: 1\ngrüße: ö\n");
  locator locate(id, sources.at(id));
  CHECK(locate.at(0, 1) == span{id, 1, 1, 1});
  CHECK(locate.at(5, 7) == span{id, 2, 1, 5});
  CHECK(locate.at(14, 2) == span{id, 2, 8, 1});
  CHECK_MESSAGE((locate.at(3, 1) == span{id, 1, 4, 1}), "going backwards works too");
  CHECK(locate.at(999, 1) == span{id, 3, 1, 0});
}

TEST_CASE("Windows line breaks vanish") {
  source_set sources;
  const source_id id = sources.add(source_kind::file, "a.yaml", "a: 1\r\nb: 2\r\n");
  CHECK(sources.at(id).text == "a: 1\nb: 2\n");
  CHECK(sources.at(id).line(2) == "b: 2");
  CHECK(sources.at(id).line(9).empty());
}

TEST_CASE("shown lines hide secrets and escape sequences") {
  source_set sources;
  const source_id id = sources.add(source_kind::file, "a.yaml", "key: hüx\x1b[31m\n");
  sources.redact({id, 1, 6, 3});
  CHECK(sources.shown_line({id, 1, 1, 1}) == "key: *** [31m");
}

TEST_CASE("origins read as people say them") {
  source_set sources;
  const source_id main = sources.add(source_kind::file, "main.yaml", "include: [tcp.yaml]\n");
  const source_id tcp = sources.add(source_kind::file, "tcp.yaml", "a: 1\n", {main, 1, 11, 8});
  const source_id env = sources.add(source_kind::variable, "MW_SET_node_id", "n2");
  const source_id flag = sources.add(source_kind::flag, "--set", "node.password=hunter2");
  CHECK(describe({}, sources) == "default");
  CHECK(describe({{main, 1, 10, 1}, "${X}"}, sources) == "main.yaml:1:10 with ${X}");
  CHECK(describe({{tcp, 1, 4, 1}, {}}, sources) == "tcp.yaml:1:4 (included from main.yaml:1:11)");
  CHECK(describe({{env, 1, 1, 2}, {}}, sources) == "MW_SET_node_id");
  CHECK_MESSAGE(describe({{flag, 1, 15, 7}, {}}, sources) == "--set node.password",
                "never the value");
}

}  // namespace
}  // namespace mw::kernel

// tools_test: what `mw checks` asks a node for, prints and returns.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::checks {
namespace {

int run(fake_tool_io& io, std::vector<std::string_view> arguments) {
  return tools()[0].run(arguments, io);
}

}  // namespace

TEST_CASE("tools: checks are listed, as text and as JSON, of any stanza") {
  fake_tool_io io;
  io.answers({200, "fine"});
  CHECK(tools().size() == 1);
  CHECK(tools()[0].usage.find("example: mw checks") != std::string_view::npos);
  CHECK(run(io, {}) == 0);
  CHECK(io.out == "fine\n");
  CHECK(run(io, {"list", "--stanza", "my checks"}) == 0);
  io.wants_json = true;
  CHECK(run(io, {"list"}) == 0);
  CHECK(io.asked[0].first == "/checks/checks?text=1");
  CHECK(io.asked[1].first == "/checks/my%20checks?text=1");
  CHECK(io.asked[2].first == "/checks/checks");
  CHECK(io.asked[2].second.empty());
}

TEST_CASE("tools: verdicts are pushed, escaped, as actions") {
  fake_tool_io io;
  io.answers({200, "fine"});
  CHECK(run(io, {"push", "backup", "warn", "--output", "a b&c", "--subject", "n2"}) == 0);
  CHECK(io.asked.back().first ==
        "/checks/checks/push?check=backup&verdict=warn&subject=n2&output=a%20b%26c&text=1");
  CHECK(!io.asked.back().second.empty());
  io.answers({404, "there is no check"});
  CHECK(run(io, {"push", "nothing", "pass"}) == 1);
  CHECK(io.errors.find("there is no check") != std::string::npos);
  io.node = nullptr;
  CHECK(run(io, {}) == 1);
  CHECK(io.errors.find("no node is there") != std::string::npos);
}

TEST_CASE("tools: wrong arguments are refused before anything is asked") {
  fake_tool_io io;
  io.answers({200, "fine"});
  CHECK(run(io, {"push", "backup"}) == 2);
  CHECK(run(io, {"push", "backup", "fine"}) == 2);
  CHECK(run(io, {"push", "backup", "pass", "more"}) == 2);
  CHECK(run(io, {"what"}) == 2);
  CHECK(run(io, {"list", "--output", "x"}) == 2);
  CHECK(run(io, {"--stanza"}) == 2);
  CHECK(io.asked.empty());
  CHECK(io.errors.find("mw checks --help") != std::string::npos);
}

}  // namespace mw::checks

// tools_test: what `mw state` asks a node for, prints and returns.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace mw::anti_entropy {
namespace {

int run(fake_tool_io& io, std::vector<std::string_view> arguments) {
  return tools().front().run(arguments, io);
}

}  // namespace

TEST_CASE("tools: the verb has a summary, and a usage with an example") {
  REQUIRE(tools().size() == 1);
  const tool& one = tools().front();
  CHECK(one.verb == "state");
  CHECK(!one.summary.empty());
  CHECK(one.usage.find("example: mw state") != std::string_view::npos);
}

TEST_CASE("tools: reading is GET, changing is POST, all of it escaped") {
  fake_tool_io io;
  io.answers({200, "fine"});
  CHECK(run(io, {"list"}) == 0);
  CHECK(io.out == "fine\n");
  CHECK(run(io, {"list", "feature."}) == 0);
  CHECK(run(io, {"get", "a"}) == 0);
  for (const auto& [path, body] : io.asked) CHECK(body.empty());
  CHECK(io.asked[0].first == "/state?text=1");
  CHECK(io.asked[1].first == "/state?prefix=feature.&text=1");
  CHECK(io.asked[2].first == "/state?name=a&text=1");
  io.asked.clear();
  CHECK(run(io, {"set", "a", "b c&d"}) == 0);
  CHECK(run(io, {"remove", "a"}) == 0);
  CHECK(run(io, {"add", "n"}) == 0);
  io.wants_json = true;
  CHECK(run(io, {"add", "n", "-5", "--stanza", "flags"}) == 0);
  for (const auto& [path, body] : io.asked) CHECK(!body.empty());
  CHECK(io.asked[0].first == "/state/set?name=a&value=b%20c%26d&text=1");
  CHECK(io.asked[1].first == "/state/remove?name=a&text=1");
  CHECK(io.asked[2].first == "/state/add?name=n&delta=1&text=1");
  CHECK(io.asked[3].first == "/state/flags/add?name=n&delta=-5");
}

TEST_CASE("tools: wrong arguments are 2, and what failed is 1") {
  fake_tool_io io;
  io.answers({200, "fine"});
  CHECK(run(io, {}) == 2);
  CHECK(run(io, {"burn"}) == 2);
  CHECK(run(io, {"get"}) == 2);
  CHECK(run(io, {"set", "a"}) == 2);
  CHECK(run(io, {"remove"}) == 2);
  CHECK(run(io, {"add", "a", "1", "2"}) == 2);
  CHECK(run(io, {"list", "a", "b"}) == 2);
  CHECK(run(io, {"list", "--stanza"}) == 2);
  CHECK(io.asked.empty());
  io.answers({404, "no entry"});
  CHECK(run(io, {"get", "a"}) == 1);
  CHECK(io.errors.find("no entry") != std::string::npos);
  io.node = nullptr;
  CHECK(run(io, {"get", "a"}) == 1);
  CHECK(io.errors.find("no node is there") != std::string::npos);
}

}  // namespace mw::anti_entropy

// tools_test: `mw audit` over files that are not there, in small pieces.
// SPDX-License-Identifier: Apache-2.0
#include "tools.h"

#include "chain.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

namespace mw::audit_log {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("mw audit: verify and head, over files of more than one piece") {
  fake_tool_io io;
  head at;
  std::string& one = io.files["1"];
  one = seal(at, opening_fields({}, "t", "n1"));
  while (one.size() < (3u << 20)) one += seal(at, R"("filler":")" + std::string(4000, 'x') + "\"");
  io.files["2"] = seal(at, opening_fields({at.hash, 0}, "t", "n1"));
  const tool& audit = audit_tools().front();
  CHECK(io.run(audit, {"verify", "1", "2"}) == 0);
  CHECK(has(io.out, "unchanged: " + std::to_string(at.number) + " records"));
  CHECK(has(io.out, "without --head"));
  CHECK(io.largest_part <= (1u << 20));
  CHECK(io.run(audit, {"head", "1", "2"}) == 0);
  CHECK(io.out == to_string(at) + "\n");
  const std::string mark = to_string(at);
  const std::string with_mark = "--head=" + mark;
  CHECK(io.run(audit, {"verify", "--head", mark, "1", "2"}) == 0);
  CHECK(io.run(audit, {"verify", std::string_view(with_mark), "1"}) == 1);
  CHECK(has(io.errors, "the end was cut off"));
  CHECK(io.run(audit, {"verify", "2", "1"}) == 1);
  CHECK(io.run(audit, {"head", "2", "1"}) == 1);
  CHECK(io.run(audit, {"verify", "none"}) == 1);
  io.wants_json = true;
  one[one.find("xxx") + 3] = 'y';
  CHECK(io.run(audit, {"verify", "1", "2"}) == 1);
  CHECK(has(io.out, R"("ok":false)"));
  CHECK(has(io.out, "the hash does not fit"));
}

TEST_CASE("mw audit: the node's head, and wrong words") {
  fake_tool_io io;
  const tool& audit = audit_tools().front();
  CHECK(io.run(audit, {"head"}) == 1);
  io.node = [](std::string_view path, std::string_view) {
    return node_answer{200, "head of " + std::string(path)};
  };
  CHECK(io.run(audit, {"head"}) == 0);
  CHECK(io.out == "head of /audit/head\n");
  io.node = [](std::string_view, std::string_view) { return node_answer{403, "no"}; };
  CHECK(io.run(audit, {"head"}) == 1);
  for (const std::vector<std::string_view>& words : {std::vector<std::string_view>{},
                                                     {"look"},
                                                     {"verify"},
                                                     {"verify", "--head", "x", "f"},
                                                     {"verify", "f", "--head"},
                                                     {"verify", "--wrong", "f"}})
    CHECK(io.run(audit, words) == 2);
}

}  // namespace mw::audit_log

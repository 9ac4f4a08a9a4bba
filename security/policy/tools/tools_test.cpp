// tools_test: `mw policy` over files, and over a node that answers or is not there.
// SPDX-License-Identifier: Apache-2.0
#include "tools/tools.h"

#include <mw/fake_tool_io.h>

#include <doctest/doctest.h>

namespace mw::access_policy {
namespace {

constexpr const char* good = "allow writer send orders.*\nbind writer spiffe://m/a self\n";

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("mw policy explain --file: yes is 0, no is 1, and the rule is named") {
  fake_tool_io io;
  io.files["p.txt"] = good;
  const tool& policy = policy_tools().front();
  CHECK(io.run(policy, {"explain", "spiffe://m/a", "send", "orders.new", "--file", "p.txt"}) == 0);
  CHECK(has(io.out, "-> allow writer send orders.*  p.txt:1"));
  CHECK(io.run(policy, {"explain", "self", "send", "orders.new", "--file=p.txt"}) == 0);
  CHECK(io.run(policy, {"explain", "anonymous", "send", "orders.new", "--file", "p.txt"}) == 1);
  CHECK(has(io.out, "-> default deny"));
  CHECK(io.run(policy, {"explain", "self", "send", "x", "--file", "p.txt", "--default", "allow"}) ==
        0);
  io.wants_json = true;
  CHECK(io.run(policy,
               {"explain", "spiffe://m/b", "send", "x", "--file", "p.txt", "--self", "b"}) == 1);
  CHECK(has(io.out, R"("allowed":false)"));
}

TEST_CASE("mw policy explain: a node is asked when no file is named") {
  fake_tool_io io;
  const tool& policy = policy_tools().front();
  CHECK(io.run(policy, {"explain", "spiffe://m/a", "call", "x"}) == 1);
  CHECK(has(io.errors, "no node is there"));
  std::string asked;
  io.node = [&](std::string_view path, std::string_view) {
    asked = path;
    return node_answer{200, R"({"allowed":true})"};
  };
  CHECK(io.run(policy, {"explain", "spiffe://m/a b", "call", "x"}) == 0);
  CHECK(asked == "/policy/explain?identity=spiffe%3A//m/a%20b&verb=call&resource=x");
  io.node = [](std::string_view, std::string_view) { return node_answer{403, "{}"}; };
  CHECK(io.run(policy, {"explain", "a", "call", "x"}) == 1);
}

TEST_CASE("mw policy check: good files are counted, bad ones named with their line") {
  fake_tool_io io;
  io.files["p.txt"] = good;
  io.files["new.txt"] = "allow writer send stock\nallow idle call x\nbind writer spiffe://m/a\n";
  io.files["bad.txt"] = "allow writer\n";
  const tool& policy = policy_tools().front();
  CHECK(io.run(policy, {"check", "p.txt"}) == 0);
  CHECK(has(io.out, "p.txt: good: 1 rules, 2 bindings, default deny"));
  CHECK(io.run(policy, {"check", "new.txt", "--against", "p.txt"}) == 0);
  CHECK(has(io.out, "warning: nobody has the role idle"));
  CHECK(has(io.out, "- allow writer send orders.*\n"));
  CHECK(has(io.out, "+ allow writer send stock\n"));
  CHECK(io.run(policy, {"check", "bad.txt"}) == 1);
  CHECK(has(io.errors, "bad.txt:1: "));
  CHECK(io.run(policy, {"check", "none.txt"}) == 1);
  CHECK(io.run(policy, {"check", "p.txt", "--against", "none.txt"}) == 1);
}

TEST_CASE("mw policy: wrong words are 2 and say what is wanted") {
  fake_tool_io io;
  const tool& policy = policy_tools().front();
  for (const std::vector<std::string_view>& words : {std::vector<std::string_view>{},
                                                     {"tell"},
                                                     {"check"},
                                                     {"check", "a", "b"},
                                                     {"explain", "a", "call"},
                                                     {"explain", "a", "publish", "x"},
                                                     {"check", "p", "--file"},
                                                     {"check", "p", "--wrong", "x"},
                                                     {"check", "p", "--default", "perhaps"}}) {
    CHECK(io.run(policy, words) == 2);
    CHECK(io.errors.starts_with("mw policy: "));
  }
  CHECK(has(std::string(policy.usage), "example: mw policy explain"));
}

}  // namespace mw::access_policy

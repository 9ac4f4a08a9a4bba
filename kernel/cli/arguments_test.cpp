// arguments_test: flags and operands in every order, and every way to get them wrong.
// SPDX-License-Identifier: Apache-2.0
#include "arguments.h"

#include <doctest/doctest.h>

#include <array>

namespace mw::kernel::cli {
namespace {

using strings = std::vector<std::string>;

constexpr std::array known{flag{"--json", "", "JSON."}, flag{"--format", "FORMAT", "Which."},
                           flag{"--set", "KEY=VALUE", "Override.", true},
                           flag{"--help", "", "Help."}};

result<arguments> parse(const strings& words) {
  return parse_arguments(words, known);
}

std::string refusal(const strings& words) {
  const auto given = parse(words);
  return given.ok() ? "accepted" : given.error().text();
}

TEST_CASE("flags and operands stand in any order") {
  const auto given = parse({"a", "--json", "b", "--format", "dot", "--set", "x=1", "--set=y=2"});
  REQUIRE(given.ok());
  CHECK(given->operands == strings{"a", "b"});
  CHECK(given->has("--json"));
  CHECK(given->text("--format") == "dot");
  CHECK(given->all("--set") == strings{"x=1", "y=2"});
}

TEST_CASE("absent flags have no value but the one asked for") {
  const auto given = parse({});
  REQUIRE(given.ok());
  CHECK_FALSE(given->has("--json"));
  CHECK(given->text("--format").empty());
  CHECK(given->text("--format", "text") == "text");
  CHECK(given->all("--set").empty());
}

TEST_CASE("a value may look like a flag, and be empty") {
  CHECK(parse({"--format", "--json"})->text("--format") == "--json");
  CHECK(parse({"--format="})->has("--format"));
  CHECK(parse({"--format="})->text("--format", "text").empty());
}

TEST_CASE("after -- everything is an operand; a single dash always is") {
  const auto given = parse({"--json", "--", "--format", "--"});
  REQUIRE(given.ok());
  CHECK(given->operands == strings{"--format", "--"});
  CHECK(parse({"-"})->operands == strings{"-"});
}

TEST_CASE("-h asks for help") {
  CHECK(parse({"-h"})->has("--help"));
}

TEST_CASE("mistakes are named, with the nearest flag") {
  CHECK(refusal({"--jsn"}) == "unknown flag '--jsn'; did you mean '--json'?");
  CHECK(refusal({"--fromat=dot"}) == "unknown flag '--fromat'; did you mean '--format'?");
  CHECK(refusal({"--nothing-like-it"}) == "unknown flag '--nothing-like-it'");
  CHECK(refusal({"-j"}) == "unknown flag '-j'");
  CHECK(refusal({"--format"}) == "'--format' needs a value: --format FORMAT");
  CHECK(refusal({"--json=yes"}) == "'--json' takes no value");
  CHECK(refusal({"--json", "--json"}) == "'--json' is given twice");
  CHECK(refusal({"--format", "a", "--format", "b"}) == "'--format' is given twice");
}

}  // namespace
}  // namespace mw::kernel::cli

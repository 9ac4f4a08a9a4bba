// filter_test: which events pass which filters.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"

#include "bus/filter/filter_test_event.h"

#include <doctest/doctest.h>

#include <cmath>
#include <memory>
#include <utility>

namespace mw::kernel {
namespace {

filter compiled(std::string_view text) {
  auto out = compile_filter(text, fields_of<every_kind>);
  if (const auto* error = std::get_if<filter_error>(&out)) FAIL(text, ": ", error->message);
  return std::get<filter>(std::move(out));
}

bool passes(std::string_view text, const every_kind& event = {}) {
  return compiled(text).matches(&event);
}

struct row {
  std::string_view text;
  bool passes;
};

void check_rows(std::span<const row> rows) {
  for (const row& one : rows) {
    CAPTURE(one.text);
    CHECK(passes(one.text) == one.passes);
  }
}

TEST_CASE("numbers compare with every operator, on both sides of equality") {
  constexpr row rows[] = {
      {"offset == -3", true}, {"offset == -2", false},  {"offset != -3", false},
      {"offset != 3", true},  {"offset < -2", true},    {"offset < -3", false},
      {"offset <= -3", true}, {"offset <= -4", false},  {"offset > -4", true},
      {"offset > -3", false}, {"offset >= -3", true},   {"offset >= -2", false},
      {"level == 4.5", true}, {"level == 45e-1", true}, {"level > 4", true},
      {"level < 4.5", false}, {"level <= 4.5", true},   {"level >= 5E+0", false},
      {"level > -1e9", true}, {"level != 4.5", false},
  };
  check_rows(rows);
}

TEST_CASE("whole numbers are compared exactly, above what a double can hold") {
  CHECK(passes("incarnation == 18446744073709551615"));
  CHECK_FALSE(passes("incarnation == 18446744073709551614"));
  CHECK(passes("incarnation > 18446744073709551614"));
  const every_kind event{.offset = std::numeric_limits<std::int64_t>::min()};
  CHECK(passes("offset == -9223372036854775808", event));
  CHECK(passes("offset < -9223372036854775807", event));
}

TEST_CASE("not-a-number differs from everything and is in no order") {
  const every_kind event{.level = std::nan("")};
  CHECK(passes("level != 1", event));
  CHECK_FALSE(passes("level == 1", event));
  CHECK_FALSE(passes("level < 1", event));
  CHECK_FALSE(passes("level >= 1", event));
}

TEST_CASE("texts") {
  constexpr row rows[] = {
      {R"(zone == "a")", true},
      {R"(zone == 'a')", true},
      {R"(zone == "A")", false},
      {R"(zone == "")", false},
      {R"(zone != "b")", true},
      {R"(zone != "a")", false},
      {R"(reason contains "reset")", true},
      {R"(reason contains "Reset")", false},
      {R"(reason contains "")", true},
      {R"(reason starts_with "connection")", true},
      {R"(reason starts_with "reset")", false},
      {R"(reason ends_with '"peer"')", true},
      {R"(reason ends_with "\"peer\"")", true},
      {R"(reason ends_with "reset")", false},
      {R"(reason contains "\\")", false},
      {R"(id matches "n*")", true},
      {R"(id matches "n?")", false},
      {R"(id matches "n??")", true},
      {R"(id matches "12")", false},
  };
  check_rows(rows);
}

TEST_CASE("durations and moments") {
  constexpr row rows[] = {
      {"startup < 5s", true},
      {"startup < 2.5s", false},
      {"startup <= 2500ms", true},
      {"startup == 2500000us", true},
      {"startup > -1s", true},
      {"startup > 0", true},
      {"startup >= 1min", false},
      {"startup in [1s, 2.5s]", true},
      {R"(expires == "2026-01-01")", true},
      {R"(expires < "2026-01-01T00:00:01Z")", true},
      {R"(expires < "2026-01-01T00:00:00Z")", false},
      {R"(expires > "2025-12-31T23:59:59Z")", true},
      {R"(expires > "2261-12-31")", false},
      {R"(expires > "1970-01-01")", true},
  };
  check_rows(rows);
}

TEST_CASE("lists and booleans") {
  constexpr row rows[] = {
      {R"(zone in ["b", "a"])", true},
      {R"(zone in ["b", 'c'])", false},
      {R"(zone in ["a"])", true},
      {R"(not zone in ["b", "c"])", true},
      {"offset in [1, -3, 2]", true},
      {"offset in [1, 2]", false},
      {"ready", true},
      {"not ready", false},
      {"ready == true", true},
      {"ready == false", false},
      {"ready != false", true},
      {"not not ready", true},
      {"(ready)", true},
  };
  check_rows(rows);
}

TEST_CASE("`not` binds closest, then `and`, then `or`") {
  // Each of three booleans as a comparison that its event decides.
  const std::string_view a = "ready";
  const std::string_view b = R"(zone == "b")";
  const std::string_view c = "level > 1";
  const auto text = [&](std::string_view form) {
    std::string out;
    for (const char letter : form) {
      if (letter == 'A') out += a;
      if (letter == 'B') out += b;
      if (letter == 'C') out += c;
      if (letter == '&') out += " and ";
      if (letter == '|') out += " or ";
      if (letter == '!') out += " not ";
      if (letter == '(' || letter == ')') out += letter;
    }
    return out;
  };
  for (int bits = 0; bits < 8; ++bits) {
    const bool A = (bits & 1) != 0;
    const bool B = (bits & 2) != 0;
    const bool C = (bits & 4) != 0;
    const every_kind event{.ready = A, .level = C ? 2.0 : 0.0, .zone = B ? "b" : "a"};
    CAPTURE(bits);
    CHECK(passes(text("A&B"), event) == (A && B));
    CHECK(passes(text("A|B"), event) == (A || B));
    CHECK(passes(text("A|B&C"), event) == (A || (B && C)));
    CHECK(passes(text("A&B|C"), event) == ((A && B) || C));
    CHECK(passes(text("(A|B)&C"), event) == ((A || B) && C));
    CHECK(passes(text("!A&B"), event) == (!A && B));
    CHECK(passes(text("!(A&B)"), event) == (!(A && B)));
    CHECK(passes(text("!(A|B)|C"), event) == (!(A || B) || C));
    CHECK(passes(text("!(A&!B|!(C&A))"), event) == (!((A && !B) || !(C && A))));
    CHECK(passes(text("A&B&C"), event) == (A && B && C));
    CHECK(passes(text("A|B|C"), event) == (A || B || C));
    CHECK(passes(text("!!A|((B))&!C"), event) == (A || (B && !C)));
  }
}

TEST_CASE("the example of the documentation") {
  const std::string_view text =
      R"(zone == "a" and (level > 3.5 or reason contains "reset") and not id matches "n*")";
  CHECK_FALSE(passes(text));
  CHECK(passes(text, {.id = "m1"}));
  CHECK(passes(text, {.level = 0, .id = "m1"}));
  CHECK_FALSE(passes(text, {.level = 0, .id = "m1", .reason = "timeout"}));
}

TEST_CASE("white space may be missing or spread over lines") {
  CHECK(passes("zone==\"a\"and(level>=4.5)"));
  CHECK(passes("\n zone\t== \r\n\"a\"\n  and\n  ready\n"));
}

TEST_CASE("a filter outlives its text and its list of fields, and can be moved and copied") {
  auto text = std::make_unique<std::string>(R"(zone == "a" and id in ["n11", "n12"])");
  auto fields = std::make_unique<std::vector<field_info>>(fields_of<every_kind>.begin(),
                                                          fields_of<every_kind>.end());
  auto out = compile_filter(*text, *fields);
  text.reset();
  fields.reset();
  filter moved = std::get<filter>(std::move(out));
  const filter copied = moved;
  const filter again = std::move(moved);
  const every_kind event;
  CHECK(filter().matches(&event));
  CHECK(copied.matches(&event));
  CHECK(again.matches(&event));
  const every_kind other{.id = "n13"};
  CHECK_FALSE(copied.matches(&other));
  CHECK_FALSE(again.matches(&other));
}

TEST_CASE("filters at their limits work") {
  std::string deep;
  for (std::size_t i = 0; i < filter_limits::depth; ++i) deep += "(";
  deep += "ready" + std::string(filter_limits::depth, ')');
  CHECK(passes(deep));

  // One field and 255 items are as many parts as a filter may have.
  std::string wide = "offset in [1";
  for (std::size_t i = 2; i < filter_limits::nodes; ++i) wide += i == 255 ? ",-3" : ",1";
  CHECK(passes(wide + "]"));

  const std::string start = "zone == \"a\"";
  CHECK(passes(start + std::string(filter_limits::text_bytes - start.size(), ' ')));
}

}  // namespace
}  // namespace mw::kernel

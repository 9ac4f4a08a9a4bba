// filter_error_test: every mistake in a filter has a place, a sentence and, for fields, a guess.
// SPDX-License-Identifier: Apache-2.0
#include "bus/filter/filter.h"
#include "bus/filter/filter_test_event.h"

#include <doctest/doctest.h>

namespace mw::kernel {
namespace {

filter_error error_of(std::string_view text, std::span<const field_info> fields) {
  auto out = compile_filter(text, fields);
  if (std::holds_alternative<filter>(out)) FAIL("accepted: ", text);
  return std::get<filter_error>(std::move(out));
}

// The place as one would draw it under the text: `^` under each byte, `|` where nothing is.
std::string drawn(const filter_error& error) {
  return std::string(error.offset, ' ') +
         (error.length == 0 ? std::string("|") : std::string(error.length, '^'));
}

struct row {
  std::string_view text;
  std::string_view place;
  std::string_view message;
  std::string_view nearest = {};
};

void check_rows(std::span<const row> rows) {
  for (const row& one : rows) {
    CAPTURE(one.text);
    const filter_error error = error_of(one.text, fields_of<every_kind>);
    CHECK(drawn(error) == one.place);
    CHECK(error.message == one.message);
    CHECK(error.nearest == one.nearest);
  }
}

TEST_CASE("unknown fields come with the nearest name") {
  constexpr row rows[] = {
      {"zon == 'a'",  //
       "^^^", "this event has no field 'zon'", "zone"},
      {"ready and not lvel > 1",  //
       "              ^^^^", "this event has no field 'lvel'", "level"},
      {"(ready or colour in ['a'])",  //
       "          ^^^^^^", "this event has no field 'colour'", ""},
      {"offset > 1 and Zone == 'a'",  //
       "               ^^^^", "this event has no field 'Zone'", "zone"},
      // The first mistake of the text is the one to report.
      {"lvel > 1 and zon == 'a'",  //
       "^^^^", "this event has no field 'lvel'", "level"},
  };
  check_rows(rows);
}

TEST_CASE("an event without fields has nothing to filter by") {
  const filter_error error = error_of("zone == 'a'", {});
  CHECK(error.message == "this event has no field 'zone'");
  CHECK(error.nearest.empty());
}

TEST_CASE("literals must be values that the field can have") {
  constexpr row rows[] = {
      {"zone == 5",  //
       "        ^", "'zone' is a text; compare it with a value like \"a\""},
      {"zone == true",  //
       "        ^^^^", "'zone' is a text; compare it with a value like \"a\""},
      {"level > 'high'",  //
       "        ^^^^^^", "'level' is a number; compare it with a value like 3.5"},
      {"level > 5s",  //
       "        ^^", "'level' is a number; compare it with a value like 3.5"},
      {"level < 1e999",  //
       "        ^^^^^", "'level' is a number; compare it with a value like 3.5"},
      {"level > 1.2.3",  //
       "        ^^^^^", "'level' is a number; compare it with a value like 3.5"},
      {"offset == 1.5",  //
       "          ^^^", "'offset' is a whole number; compare it with a value like 3"},
      {"offset == 9223372036854775808",  //
       "          ^^^^^^^^^^^^^^^^^^^",
       "'offset' is a whole number; compare it with a value like 3"},
      {"incarnation > -1",  //
       "              ^^",
       "'incarnation' is a whole number, never negative; compare it with a value like 3"},
      {"incarnation in [1, 2, 18446744073709551616]",  //
       "                      ^^^^^^^^^^^^^^^^^^^^",
       "'incarnation' is a whole number, never negative; compare it with a value like 3"},
      {"startup < 5",  //
       "          ^", "'startup' is a duration; compare it with a value like 250ms"},
      {"startup < 5sec",  //
       "          ^^^^", "'startup' is a duration; compare it with a value like 250ms"},
      {"startup < '5s'",  //
       "          ^^^^", "'startup' is a duration; compare it with a value like 250ms"},
      {"ready == 1",  //
       "         ^", "'ready' is true or false; compare it with a value like true"},
      {"expires < 5s",  //
       "          ^^",
       "'expires' is a moment in UTC; compare it with a value like \"2026-01-31T12:30:00Z\" or "
       "\"2026-01-31\""},
      {"zone in ['a', 5]",  //
       "              ^", "'zone' is a text; compare it with a value like \"a\""},
  };
  check_rows(rows);
}

TEST_CASE("moments are dates that exist, written in one way") {
  for (const std::string_view text :
       {"2026-02-30", "2026-13-01", "2026-1-01", "1969-12-31", "2262-01-01", "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01T00:00:00", "2026-01-01Z",
        "2026-01-01 00:00:00Z", "2026-01-01T00:00:00+01:00", "26-01-01", "", "2026-01-",
        "2026-01-+1"}) {
    CAPTURE(text);
    const std::string whole = "expires > '" + std::string(text) + "'";
    const filter_error error = error_of(whole, fields_of<every_kind>);
    CHECK(error.offset == 10);
    CHECK(error.length == text.size() + 2);
  }
}

TEST_CASE("operators must mean something for the field") {
  constexpr row rows[] = {
      {"zone < 'b'",  //
       "     ^", "'zone' is a text; '<' does not apply to it"},
      {"level contains 'b'",  //
       "      ^^^^^^^^", "'level' is a number; 'contains' does not apply to it"},
      {"startup matches '5*'",  //
       "        ^^^^^^^", "'startup' is a duration; 'matches' does not apply to it"},
      {"ready >= true",  //
       "      ^^", "'ready' is true or false; '>=' does not apply to it"},
      {"ready in [true]",  //
       "      ^^", "'ready' is true or false; 'in' does not apply to it"},
      {"zone and ready",  //
       "^^^^", "'zone' is a text; it needs a comparison, like =="},
      {"not level",  //
       "    ^^^^^", "'level' is a number; it needs a comparison, like =="},
  };
  check_rows(rows);
}

TEST_CASE("what the grammar expects") {
  constexpr row rows[] = {
      {"", "|", "expected a field, got the end"},
      {"   ", "   |", "expected a field, got the end"},
      {"zone ==", "       |", "expected a value, got the end"},
      {"zone == a",  //
       "        ^", "expected a value (texts stand in quotes), got 'a'"},
      {"zone == ==",  //
       "        ^^", "expected a value, got '=='"},
      {"'a' == zone",  //
       "^^^", "expected a field, got a text"},
      {"true",  //
       "^^^^", "expected a field, got 'true'"},
      {"and ready",  //
       "^^^", "expected a field, got 'and'"},
      {"ready and", "         |", "expected a field, got the end"},
      {"ready or or ready",  //
       "         ^^", "expected a field, got 'or'"},
      {"not", "   |", "expected a field, got the end"},
      {"zone is 'a'",  //
       "     ^^",
       "expected an operator (== != < <= > >= contains starts_with ends_with matches in), got "
       "'is'"},
      {"zone 'a'",  //
       "     ^^^",
       "expected an operator (== != < <= > >= contains starts_with ends_with matches in), got a "
       "text"},
      {"zone == 'a' ready",  //
       "            ^^^^^", "expected 'and', 'or' or the end, got 'ready'"},
      {"1 < level",  //
       "^", "expected a field, got '1'"},
      {"level > 1 < 3",  //
       "          ^", "expected 'and', 'or' or the end, got '<'"},
      {"(ready", "      |", "expected 'and', 'or' or ')', got the end"},
      {"()",  //
       " ^", "expected a field, got ')'"},
      {"ready)",  //
       "     ^", "expected 'and', 'or' or the end, got ')'"},
      {"zone in 'a'",  //
       "        ^^^", "expected '[' and the values to look for, got a text"},
      {"zone in []",  //
       "         ^", "expected a value, got ']'"},
      {"zone in ['a' 'b']",  //
       "             ^^^", "expected ',' or ']', got a text"},
      {"zone in ['a',]",  //
       "             ^", "expected a value, got ']'"},
      {"zone in ['a'", "            |", "expected ',' or ']', got the end"},
  };
  check_rows(rows);
}

TEST_CASE("characters, quotes and habits of other languages") {
  constexpr row rows[] = {
      {"zone = 'a'",  //
       "     ^", "write '==' to compare"},
      {"ready && ready",  //
       "      ^^", "write 'and' here"},
      {"ready || ready",  //
       "      ^^", "write 'or' here"},
      {"ready & ready",  //
       "      ^", "write 'and' here"},
      {"ready | ready",  //
       "      ^", "write 'or' here"},
      {"!ready",  //
       "^", "write 'not' here"},
      {"id =~ 'n*'",  //
       "   ^^", "write 'matches' here"},
      {"level > $x",  //
       "        ^", "unexpected '$'"},
      {"level > - 5",  //
       "        ^", "unexpected '-'"},
      {"level > \xc3\xa9",  //
       "        ^", "unexpected byte 0xc3"},
      {{"ready\0", 6},  //
       "     ^",
       "unexpected byte 0x00"},
      {"zone == \"a",  //
       "        ^^", "this text has no closing \""},
      {"zone == 'a\"",  //
       "        ^^^", "this text has no closing '"},
      {R"(zone == "a\n")",  //
       "          ^^", R"(only \\, \" and \' are escapes)"},
      {R"(zone == "a\)",  //
       "          ^", R"(only \\, \" and \' are escapes)"},
  };
  check_rows(rows);
}

TEST_CASE("limits") {
  std::string deep(filter_limits::depth + 1, '(');
  filter_error error = error_of(deep + "ready" + std::string(deep.size(), ')'), {});
  CHECK(error.offset == filter_limits::depth);
  CHECK(error.length == 1);
  CHECK(error.message == "a filter may be 32 parentheses and negations deep");

  std::string negations;
  for (std::size_t i = 0; i <= filter_limits::depth; ++i) negations += "not ";
  error = error_of(negations + "ready", fields_of<every_kind>);
  CHECK(error.offset == filter_limits::depth * 4);
  CHECK(error.length == 3);

  // The field is one part and each item another.
  std::string wide = "offset in [";
  for (std::size_t i = 1; i < filter_limits::nodes; ++i) wide += "1,";
  error = error_of(wide + "1]", fields_of<every_kind>);
  CHECK(error.offset == wide.size());
  CHECK(error.message == "a filter may have 256 parts");

  error = error_of(std::string(filter_limits::text_bytes + 3, ' '), fields_of<every_kind>);
  CHECK(error.offset == filter_limits::text_bytes);
  CHECK(error.length == 3);
  CHECK(error.message == "a filter may be 1024 bytes long");
}

}  // namespace
}  // namespace mw::kernel

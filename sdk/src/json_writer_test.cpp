// json_writer_test: output is valid JSON whatever goes in.
// SPDX-License-Identifier: Apache-2.0
#include <mw/toolkit/json_writer.h>
#include <mw/toolkit/utf8.h>

#include <doctest/doctest.h>

#include <limits>

namespace mw {
namespace {

TEST_CASE("commas, nesting and numbers") {
  json_writer json;
  json.begin_object().key("a").value(1).key("b").begin_array().value(true).value(2.5).null();
  json.end_array().key("c").begin_object().end_object().key("d").value(-3).end_object();
  CHECK(json.text() == R"({"a":1,"b":[true,2.5,null],"c":{},"d":-3})");
}

TEST_CASE("control characters are escaped, bad bytes replaced, infinities become null") {
  json_writer json;
  json.begin_array()
      .value("a\"\\\n\x01\x7f")
      .value("\xff\xc3\xa9\xed\xa0\x80")
      .value(std::numeric_limits<double>::infinity());
  json.end_array();
  CHECK(json.text() ==
        "[\"a\\\"\\\\\\n\\u0001\\u007f\","
        "\"\xEF\xBF\xBD\xc3\xa9\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\",null]");
}

TEST_CASE("utf8 refuses overlong forms, surrogates and what is above U+10FFFF") {
  CHECK(is_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x8C\x8D"));
  for (const char* bad :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF5\x80", "\xC3"})
    CHECK(!is_utf8(bad));
}

}  // namespace
}  // namespace mw

// hostile_test: bytes that mean harm: each limit is reached, each rule broken, nothing is claimed.
// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"

#include <doctest/doctest.h>

namespace mw::msgpack {
namespace {

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

using std::string_literals::operator""s;

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a depth bomb is refused at the first level too many") {
  test_codec codec;
  const std::string bomb(5'000'000, '\x91');
  // A tree opens two arrays for each level.
  CHECK(has(codec.why_not<tree>(bomb), "more than 32 lists and groups inside each other"));
  CHECK(codec.refusals(reason::depth) == 1);
  // In what only a newer peer would know, too.
  CHECK(has(codec.why_not<nothing>(bomb), "nothing at byte 32: more than 32"));
  const auto json = codec->to_json(payload{as_bytes(bomb)}, nullptr);
  REQUIRE(!json.ok());
  CHECK(has(json.error().text(), "at byte 33: more than 32"));
  // As deep as allowed is fine.
  CHECK(codec.why_not<nothing>(std::string(31, '\x91') + '\x90').empty());
  tree deep;
  for (int i = 0; i < 15; ++i) deep = tree{{std::move(deep)}};
  CHECK(codec.bytes_of(deep).ok());
  deep = tree{{std::move(deep)}};
  const auto refused = codec.bytes_of(deep);
  REQUIRE(!refused.ok());
  CHECK(has(refused.error().text(), "raise `depth`"));
}

TEST_CASE("a count that the bytes do not back claims nothing") {
  test_codec codec;
  CHECK(codec.why_not<tree>("\x91\xdd\x80\x00\x00\x00"s) ==
        "tree.children at byte 1: a list of 2147483648, but only 0 bytes are left");
  CHECK(has(codec.why_not<tree>("\x91\xdc\x00\x05\x90"s), "a list of 5, but only 1 bytes"));
  CHECK(has(codec.why_not<nothing>("\x91\xdf\x80\x00\x00\x00"s), "a map of 2147483648"));
  CHECK(has(codec.why_not<nothing>("\x91\xdb\xff\xff\xff\xff\x61"s), "text of 4294967295 bytes"));
  CHECK(has(codec.why_not<nothing>("\x91\xc6\xff\xff\xff\xff\x61"s), "a blob of 4294967295"));
  CHECK(codec.refusals(reason::truncated) == 5);
}

TEST_CASE("headers that multiply are stopped by the budget of values") {
  test_codec codec({.depth = 32, .nodes = 1000, .decoded = 1 << 20});
  const std::string flat = "\x91\xdc\x03\xe8"s + std::string(1000, '\x90');
  CHECK(has(codec.why_not<tree>(flat), "more than 1000 values in the message; the option `nodes`"));
  const std::string maps = "\x91\xde\x01\xf4"s + std::string(1000, '\xc0');
  CHECK(has(codec.why_not<nothing>(maps), "more than 1000 values"));
  CHECK(codec.refusals(reason::nodes) == 2);
  CHECK(codec.why_not<tree>("\x91\xdc\x03\xe7"s + std::string(999, '\x90')).empty());
  CHECK(!codec.bytes_of(tree{std::vector<tree>(1000)}).ok());
  CHECK(codec.bytes_of(tree{std::vector<tree>(400)}).ok());
}

TEST_CASE("small elements do not become much memory") {
  const std::size_t stride = sizeof(std::optional<order>);
  test_codec codec({.depth = 32, .nodes = 65'536, .decoded = 100 * stride});
  CHECK(codec.why_not<bulky>("\x91\xdc\x00\x64"s + std::string(100, '\xc0')).empty());
  CHECK(has(codec.why_not<bulky>("\x91\xdc\x00\x65"s + std::string(101, '\xc0')),
            "bulky.all at byte 1: a list of 101"));
  CHECK(codec.refusals(reason::size) == 1);
}

TEST_CASE("what has no meaning is refused, wherever it stands") {
  test_codec codec;
  CHECK(codec.why_not<nothing>("\xc1"s) ==
        "nothing at byte 0: 0xC1, which means nothing in msgpack");
  CHECK(has(codec.why_not<nothing>("\x91\xc1"s), "0xC1"));
  for (const std::string& extension :
       {"\xc7\x00\x01"s, "\xc8\x00\x00\x01"s, "\xc9\xff\xff\xff\xff\x01"s, "\xd4\x01\x01"s,
        "\xd5\x01\x01\x01"s, "\xd6\xff\x00\x00\x00\x00"s, "\xd8\x01"s + std::string(16, 'x')})
    CHECK(has(codec.why_not<nothing>("\x91" + extension), "an extension type"));
  CHECK(codec.refusals(reason::extension) == 7);
  CHECK(has(codec.why_not<nothing>("\x80"s), "wanted a list, got a map of 0"));
  CHECK(has(codec.why_not<nothing>(""s), "the bytes end before this value"));
  CHECK(codec.why_not<nothing>("\x90\xc0"s) ==
        "nothing at byte 1: 1 bytes behind the end of the message");
}

// Maps are for others: passed over, whatever their keys are.
TEST_CASE("maps of newer peers are skipped within the limits") {
  test_codec codec;
  CHECK(codec.why_not<nothing>("\x91\x82\xa1\x61\x01\xa1\x61\x02"s).empty());  // one key twice
  CHECK(codec.why_not<nothing>("\x91\x81\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00\x01"s).empty());
  CHECK(has(codec.why_not<nothing>("\x91\x81\x01"s), "a map of 1, but only 1 bytes are left"));
  CHECK(has(codec.why_not<nothing>("\x91" + repeated("\x81\x01", 40) + "\x01"), "more than 32"));
}

TEST_CASE("text is strict, numbers fit, and the field is named") {
  test_codec codec;
  for (const std::string_view bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    const std::string bytes =
        "\x98\x01\x01\x01\x01\xc2\x01\x01" + std::string(1, static_cast<char>(0xa0 + bad.size()));
    CHECK(codec.why_not<order>(bytes + std::string(bad)) ==
          "order.note at byte 8: the text is not UTF-8");
  }
  CHECK(codec.refusals(reason::utf8) == 4);
  const std::string head = "\x99\x01\x01\x01\x01\xc2\x01\x01\xa0"s;
  CHECK(codec.why_not<order>(
            head + "\x92\x92\xa1\x61\x01\x92\xa1\x62\xcf\x01\x00\x00\x00\x00\x00\x00\x00"s) ==
        "order.lines[1].count at byte 17: 72057594037927936 is not within 0..4294967295");
  CHECK(codec.why_not<order>("\x93\x01\x01\xcc\x80"s) ==
        "order.level at byte 3: 128 is not within -128..127");
  CHECK(codec.why_not<order>("\x93\x01\x01\xd1\xff\x7f"s) ==
        "order.level at byte 3: -129 is not within -128..127");
  CHECK(codec.why_not<order>("\x91\xff"s) ==
        "order.id at byte 1: -1 is not within 0..18446744073709551615");
  CHECK(has(codec.why_not<order>("\x92\x01\xcf\x80\x00\x00\x00\x00\x00\x00\x00"s), "order.change"));
  CHECK(codec.refusals(reason::range) == 5);
  CHECK(has(codec.why_not<order>("\x91\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"s),
            "wanted a number, got a real"));  // NaN is for real fields
  CHECK(has(codec.why_not<order>("\x91\xa1\x31"s), "wanted a number, got text of 1 bytes"));
}

TEST_CASE("reals: other widths when exact, integers when exact, NaN") {
  test_codec codec;
  const std::string head = "\x97\x01\x01\x01\x01\xc2"s;
  const auto weight = [&](const std::string& form) {
    order to;
    const status outcome = codec.read(head + form + "\x00"s, to);
    return outcome.ok() ? std::to_string(to.weight) : outcome.error().text();
  };
  CHECK(weight("\x05"s) == "5.000000");
  CHECK(weight("\xff"s) == "-1.000000");
  CHECK(weight("\xcb\x3f\xe0\x00\x00\x00\x00\x00\x00"s) == "0.500000");
  CHECK(weight("\xca\x7f\xc0\x00\x00"s) == "nan");
  CHECK(weight("\xcb\x7f\xf0\x00\x00\x00\x00\x00\x00"s) == "inf");
  CHECK(has(weight("\xcb\x3f\xb9\x99\x99\x99\x99\x99\x9a"s), "cannot hold exactly"));  // 0.1
  CHECK(has(weight("\xcb\x7f\xe0\x00\x00\x00\x00\x00\x00"s), "cannot hold exactly"));
  CHECK(has(weight("\xcf\x00\x20\x00\x00\x00\x00\x00\x01"s), "not exact as a real"));
}

TEST_CASE("more types than the book holds: it starts anew and says so") {
  test_codec codec;
  const message_field id = message_type_of<order>.fields[0];
  const std::vector<message_field> fields(plan_book::groups_max + 10, id);
  order from{.id = 7};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const message_type made{"made", std::span(&fields[i], 1)};
    message_out out;
    REQUIRE(codec->encode(made, &from, out).ok());
    CHECK(as_text(out.written()) == "\x91\x07");
  }
  CHECK(codec.plan_restarts() == 1);
}

}  // namespace
}  // namespace mw::msgpack

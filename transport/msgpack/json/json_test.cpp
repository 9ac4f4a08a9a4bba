// json_test: the debug form, its faults with their positions, and base64.
// SPDX-License-Identifier: Apache-2.0
#include "fixture.h"
#include "json/base64.h"

#include <doctest/doctest.h>

namespace mw::msgpack {
namespace {

const message_type& order_type = message_type_of<order>;

std::string shown(test_codec& codec, std::string_view bytes, const message_type* type) {
  auto json = codec->to_json(payload{as_bytes(bytes)}, type);
  return json.ok() ? std::move(*json) : json.error().text();
}
// The bytes, or why there are none.
std::string taken(test_codec& codec, std::string_view json, const message_type* type) {
  message_out out;
  const status outcome = codec->from_json(json, type, out);
  return outcome.ok() ? std::string(as_text(out.written())) : outcome.error().text();
}

using std::string_literals::operator""s;

TEST_CASE("json: what JSON lacks is an object with one key") {
  test_codec codec;
  const std::string bytes =
      "\x97\xc0\xc3\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xcb\x3f\xf0\x00\x00\x00\x00\x00\x00\xc4\x02hi\x81\x01\xa1x"s;
  const std::string json =
      R"([null,true,18446744073709551615,-1,1.0,{"$bytes":"aGk="},{"$map":[[1,"x"]]}])";
  CHECK(shown(codec, bytes, nullptr) == json);
  CHECK(taken(codec, json, nullptr) == bytes);
  for (const char* real : {R"([{"$real":"nan"}])", R"([{"$real":"inf"}])", R"([{"$real":"-inf"}])",
                           "[-0.0]", "[1e+300]", "[5e-324]"})
    CHECK(shown(codec, taken(codec, real, nullptr), nullptr) == real);
}

TEST_CASE("json: names, what is left out, and what a newer peer added") {
  test_codec codec;
  CHECK(shown(codec, "\x92\x01\xfe"s, &order_type) == R"({"id":1,"change":-2})");
  CHECK(taken(codec, R"({ "change" : -2, "id" : 1 })", &order_type) == "\x92\x01\xfe"s);
  CHECK(taken(codec, R"([1,-2])", &order_type) == "\x92\x01\xfe"s);
  CHECK(taken(codec, R"({"change":-2})", &order_type) ==
        "order.id at byte 0: is missing; only fields at the end may be left out");
  const message_type& type = message_type_of<tree>;
  CHECK(shown(codec, "\x93\x91\x91\x90\x07\xa1x"s, &type) ==
        R"({"children":[{"children":[]}],"$more":[7,"x"]})");
  CHECK(taken(codec, R"({"children":[{"children":[]}],"$more":[7,"x"]})", &type) ==
        "\x93\x91\x91\x90\x07\xa1x"s);
  CHECK(taken(codec, R"({"$more":[7]})", &type) ==
        "tree.children at byte 0: is missing; only fields at the end may be left out");
}

TEST_CASE("json: escapes") {
  test_codec codec;
  CHECK(taken(codec, R"(["\"\\\/\b\f\n\r\t\u0041\u20ac\ud83d\ude00"])", nullptr) ==
        "\x91\xb2\"\\/\b\f\n\r\tA\xE2\x82\xAC\xF0\x9F\x98\x80"s.replace(1, 1, "\xb0"));
  CHECK(taken(codec, R"(["\ud83dx"])", nullptr) == "message at byte 2: half of a surrogate pair");
  CHECK(taken(codec, R"(["\ude00"])", nullptr) == "message at byte 2: half of a surrogate pair");
  CHECK(taken(codec, R"(["\x41"])", nullptr) ==
        "message at byte 2: an escape that JSON does not have");
}

TEST_CASE("json: faults have a position, a field and a reason") {
  test_codec codec;
  const auto fault = [&](std::string_view json) { return taken(codec, json, &order_type); };
  CHECK(fault("") == "order at byte 0: a value is missing here");
  CHECK(fault(R"({"id":1,})") == "order at byte 8: a key in double quotes is missing here");
  CHECK(fault(R"({"id" 1})") == "order at byte 6: a colon is missing behind the key");
  CHECK(fault(R"({"id":1)") == "order at byte 7: a comma or } is missing here");
  CHECK(fault(R"({"id":1} 2)") == "order at byte 9: text behind the end of the value");
  CHECK(fault(R"({"id":01})") == "order at byte 6: a number with a zero in front");
  CHECK(fault(R"({"id":1.})") == "order at byte 6: no digits behind the point");
  CHECK(fault(R"({"id":1e})") == "order at byte 6: no digits in the exponent");
  CHECK(fault(R"({"id":nul})") == "order at byte 6: neither a value nor null, true or false");
  CHECK(fault("{\"note\":\"a\nb\"}") ==
        "order at byte 10: a control character; write it as \\u00…");
  CHECK(fault("{\"note\":\"\xff\"}") == "order at byte 9: the text is not UTF-8");
  CHECK(fault(R"({"note":"x)") == "order at byte 8: the text has no end");
  CHECK(fault(R"({"id":1,"\u0069d":2})") == "order at byte 8: the key is there twice");
  CHECK(fault(R"({"idd":1})").find("no field has this name; there are: id, change") !=
        std::string::npos);
  CHECK(fault(R"({"id":-1})") == "order.id at byte 6: -1 is not within 0..18446744073709551615");
  CHECK(fault(R"({"id":1,"change":-9223372036854775809})")
            .starts_with("order.change at byte 17: -9223372036854775809 is not within"));
  CHECK(fault(R"({"id":1,"change":2,"level":128})") ==
        "order.level at byte 27: 128 is not within -128..127");
  CHECK(fault(R"({"id":1.0})") ==
        "order.id at byte 6: wanted a whole number; write it without point and exponent");
  CHECK(fault(R"([1,2,3,4,true,1e39])") ==
        "order.weight at byte 14: 1e39 is beyond what a real holds");
  CHECK(fault(R"([1,2,3,4,true,1,1,"",[["x",true]]])") ==
        "order.lines[0].count at byte 27: wanted a whole number, got true");
  CHECK(taken(codec, R"({"a":1})", nullptr).find("an object without a known type") !=
        std::string::npos);
}

TEST_CASE("json: bounded like everything else") {
  test_codec codec({.depth = 4, .nodes = 20, .decoded = 200});
  CHECK(taken(codec, "[[[[]]]]", nullptr) == "\x91\x91\x91\x90"s);
  CHECK(taken(codec, "[[[[[]]]]]", nullptr).find("more than 4 lists") != std::string::npos);
  CHECK(taken(codec, std::string(100, '['), nullptr).find("more than 4 arrays") !=
        std::string::npos);
  std::string many = "[";
  for (int i = 0; i < 20; ++i) many += "1,";
  CHECK(taken(codec, many + "1]", nullptr).find("more than 20 values") != std::string::npos);
  CHECK(taken(codec, many + many, nullptr).find("more than 20 values") == std::string::npos);
  CHECK(taken(codec, std::string(201, ' '), nullptr).find("the limit is 200") != std::string::npos);
  CHECK(shown(codec, "\x92\xd9\xfa" + std::string(250, 'x') + "\x01", nullptr)
            .find("outgrows 200 bytes") != std::string::npos);
  message_out tight(3);
  const status outcome = codec->from_json(R"(["long"])", nullptr, tight);
  REQUIRE(!outcome.ok());
  CHECK(outcome.error().kind() == errc::overloaded);
}

TEST_CASE("base64: one spelling for each value") {
  const char* pairs[][2] = {{"", ""},
                            {"f", "Zg=="},
                            {"fo", "Zm8="},
                            {"foo", "Zm9v"},
                            {"foob", "Zm9vYg=="},
                            {"fooba", "Zm9vYmE="},
                            {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : pairs) {
    CHECK(to_base64(as_bytes(bytes)) == text);
    REQUIRE(from_base64(text).has_value());
    CHECK(as_text(*from_base64(text)) == bytes);
  }
  for (const char* bad : {"Z", "Zg", "Zg=", "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\n", "Zm-v", "===="})
    CHECK(!from_base64(bad).has_value());
}

}  // namespace
}  // namespace mw::msgpack

// name_test: names and addresses, as people write them and as packets carry them.
// SPDX-License-Identifier: Apache-2.0
#include "common/dns/name.h"

#include "common/dns/message.h"

#include <doctest/doctest.h>

namespace mw::dns {
namespace {

name named(std::string_view text) {
  auto parsed = name::parse(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}

TEST_CASE("names have one wire form and one text form") {
  CHECK(named("www.example.org").wire() == std::string("\3www\7example\3org\0", 17));
  CHECK(named("www.example.org.").text() == "www.example.org");
  CHECK(named(".").is_root());
  CHECK(named(".").text() == ".");
  CHECK(named("a\\.b.c").first() == "a.b");
  CHECK(named("a\\.b.c").text() == "a\\.b.c");
  CHECK(named("a\\032b").first() == "a b");
  CHECK(named("a\\000b").text() == "a\\000b");
  CHECK(named("a\\000b").first().size() == 3);
}

TEST_CASE("names that are none are refused") {
  const std::string label(63, 'a');
  const std::string long_one = label + "." + label + "." + label + ".";
  CHECK(name::parse(long_one + std::string(61, 'a')).ok());
  for (const std::string& bad :
       {std::string(), std::string("a..b"), std::string(".a"), std::string(64, 'a'),
        long_one + std::string(62, 'a'), std::string("a\\"), std::string("a\\25"),
        std::string("a\\256"), std::string("..")}) {
    CAPTURE(bad);
    CHECK(name::parse(bad).error().kind() == errc::invalid);
  }
}

TEST_CASE("names are compared without regard to case, and know what they are below") {
  CHECK(named("WWW.Example.ORG") == named("www.example.org"));
  CHECK(named("a.b") != named("a.c"));
  CHECK(named("a.b.c").below(named("B.c")));
  CHECK(named("a.b.c").below(named("a.b.c")));
  CHECK(named("a.b.c").below(named(".")));
  CHECK_FALSE(named("xb.c").below(named("b.c")));
  CHECK(named("a.b.c").parent() == named("b.c"));
}

TEST_CASE("addresses have their usual texts") {
  for (const char* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fe80::1",
                           "2001:db8::8:800:200c:417a", "1:2:3:4:5:6:7:8", "1:0:0:2::3"}) {
    CAPTURE(text);
    const address parsed = parse_address(text);
    REQUIRE(parsed.size != 0);
    CHECK(to_string(parsed) == text);
  }
  CHECK(to_string(parse_address("::ffff:1.2.3.4")) == "::ffff:102:304");
  CHECK(to_string(parse_address("1:0:0:0:2:0:0:3")) == "1::2:0:0:3");
  CHECK(to_string(parse_address("FE80::ABCD")) == "fe80::abcd");
  for (const char* bad : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1:2",
                          ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9",
                          "1:2:3:4:5:6:7::8:", ":1", "1:2:3:4:5:6:7:1.2.3.4", "g::", "1 ::"}) {
    CAPTURE(bad);
    CHECK(parse_address(bad).size == 0);
  }
}

}  // namespace
}  // namespace mw::dns

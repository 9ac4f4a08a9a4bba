// address_test: strict texts, one number for IPv4 in either dress, networks.
// SPDX-License-Identifier: Apache-2.0
#include "networks/address.h"

#include <doctest/doctest.h>

namespace mw::firewall {
namespace {

ip_address ip(std::string_view text) {
  const auto parsed = parse_address(text);
  REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}
network net(std::string_view text) {
  const auto parsed = parse_network(text);
  REQUIRE_MESSAGE(parsed, text);
  return *parsed;
}

}  // namespace

TEST_CASE("address: texts there and back") {
  for (const char* text :
       {"0.0.0.0", "192.0.2.7", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1",
        "2001:db8:0:1::", "1:2:3:4:5:6:7:8", "1:0:0:2::3", "::1.2.3.4", "64:ff9b::c000:207"})
    CHECK(parse_address(to_string(ip(text))).value() == ip(text));
  CHECK(to_string(ip("2001:DB8:0:0:0:0:0:1")) == "2001:db8::1");
  CHECK(to_string(ip("1:0:0:2:0:0:0:3")) == "1:0:0:2::3");
  CHECK(to_string(ip("0:0:1::")) == "0:0:1::");
  CHECK(to_string(ip("fe80::1%eth0")) == "fe80::1");
}

TEST_CASE("address: IPv4 in IPv6 clothes is IPv4") {
  CHECK(ip("::ffff:192.0.2.7") == ip("192.0.2.7"));
  CHECK(ip("::ffff:c000:207") == ip("192.0.2.7"));
  CHECK(ip("0:0:0:0:0:ffff:192.0.2.7") == ip("192.0.2.7"));
  CHECK(ip("::ffff:192.0.2.7").is_v4());
  CHECK_FALSE(ip("::192.0.2.7").is_v4());
  CHECK(to_string(ip("::ffff:192.0.2.7")) == "192.0.2.7");
  CHECK(net("::ffff:192.0.2.0/120") == net("192.0.2.0/24"));
  CHECK(net("10.0.0.0/8").holds(ip("::ffff:10.1.2.3")));
}

TEST_CASE("address: what is none") {
  for (const char* text : {"",
                           "1.2.3",
                           "1.2.3.4.5",
                           "256.0.0.1",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1..2.3",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "12345::",
                           "g::",
                           "1.2.3.4:80",
                           "::1%",
                           "1.2.3.4%eth0",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "1.2.3.4::",
                           "::1.2.3",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "1:2:3:4::5:6:7:8",
                           "0x7f.0.0.1",
                           "2130706433"})
    CHECK_MESSAGE(!parse_address(text), text);
  CHECK_FALSE(parse_address(std::string(1000, ':')));
  CHECK(parse_address("a\x1b[2J").error().text().find('\x1b') == std::string::npos);
}

TEST_CASE("network: lengths, and bits beyond them") {
  CHECK(to_string(net("10.0.0.0/8")) == "10.0.0.0/8");
  CHECK(to_string(net("10.1.2.3/32")) == "10.1.2.3");
  CHECK(to_string(net("0.0.0.0/0")) == "0.0.0.0/0");
  CHECK(to_string(net("2001:db8::/32")) == "2001:db8::/32");
  for (const char* text : {"10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "::/129",
                           "10.0.0.0/8/8", "/8", "::ffff:0:0/90", "10.0.0.1/8", "2001:db8::1/32"})
    CHECK_MESSAGE(!parse_network(text), text);
  CHECK(parse_network("10.0.0.1/8").error().text() ==
        "'10.0.0.1/8' has bits beyond its length: is 10.0.0.0/8 meant, or 10.0.0.1?");
}

TEST_CASE("network: the whole of IPv6 holds nothing of IPv4") {
  CHECK(net("::/0").holds(ip("2001:db8::1")));
  CHECK_FALSE(net("::/0").holds(ip("192.0.2.7")));
  CHECK(net("0.0.0.0/0").holds(ip("192.0.2.7")));
  CHECK_FALSE(net("0.0.0.0/0").holds(ip("::1")));
}

}  // namespace mw::firewall

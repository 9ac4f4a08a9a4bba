// interface_test: which addresses are interfaces, who is on the link, what may be told there.
// SPDX-License-Identifier: Apache-2.0
#include "common/lan/interface.h"

#include "common/lan/bucket.h"

#include <doctest/doctest.h>

namespace mw::lan {
namespace {

interface one(std::string_view text) {
  auto parsed = parse_interface(text);
  REQUIRE_MESSAGE(parsed.ok(), text);
  return *parsed;
}
bool hears(std::string_view where, std::string_view from) {
  return on_link(one(where), address_of(from));
}

TEST_CASE("interfaces have an address, and may have a prefix and a scope") {
  CHECK(one("192.168.1.5/24").prefix == 24);
  CHECK(one("192.168.1.5").prefix == 0);
  CHECK(one("127.0.0.1").prefix == 8);
  CHECK(one("::1").prefix == 128);
  CHECK(one("fe80::1%eth0").host() == "fe80::1%eth0");
  for (const char* bad :
       {"", "eth0", "0.0.0.0", "::", "10.0.0.1/", "10.0.0.1/0", "10.0.0.1/33", "10.0.0.1/2x",
        "10.0.0.1%eth0", "fe80::1%", "10.0.0.1:80", "::1/129", "fe80::1%abcdefghijklmnop"}) {
    CAPTURE(bad);
    const auto parsed = parse_interface(bad);
    REQUIRE_FALSE(parsed.ok());
    CHECK(parsed.error().kind() == errc::invalid);
  }
}

TEST_CASE("who is on the link") {
  CHECK(hears("192.168.1.5/24", "192.168.1.77"));
  CHECK_FALSE(hears("192.168.1.5/24", "192.168.2.77"));
  CHECK(hears("192.168.1.5", "8.8.8.8"));  // the size of the network is not known
  CHECK_FALSE(hears("192.168.1.5", "127.0.0.1"));
  CHECK(hears("127.0.0.1", "127.4.0.2"));
  CHECK_FALSE(hears("127.0.0.1", "192.168.1.5"));
  CHECK(hears("fe80::1%eth0", "fe80::2%eth0"));
  CHECK(hears("2001:db8::1/64", "fe80::2%eth0"));
  CHECK_FALSE(hears("2001:db8::1/64", "2001:db8:1::1"));
  CHECK_FALSE(hears("::1", "fe80::2"));
  CHECK_FALSE(hears("192.168.1.5", "name"));
}

TEST_CASE("the broadcast address of a network") {
  CHECK(to_string(broadcast_of(one("192.168.1.5/24"))) == "192.168.1.255");
  CHECK(to_string(broadcast_of(one("10.1.2.3/20"))) == "10.1.15.255");
  CHECK(to_string(broadcast_of(one("127.0.0.1"))) == "127.255.255.255");
  CHECK(broadcast_of(one("192.168.1.5")).size == 0);
  CHECK(broadcast_of(one("192.168.1.5/31")).size == 0);
  CHECK(broadcast_of(one("fe80::1/64")).size == 0);
}

TEST_CASE("a loopback address is not told on other interfaces") {
  const auto told = [](std::string_view where, const char* host) {
    const auto at = told_on(one(where), {.host = host, .port = 7400});
    return at ? to_string(*at) : "nothing";
  };
  CHECK(told("10.0.0.5/24", "127.0.0.1") == "nothing");
  CHECK(told("10.0.0.5/24", "0.0.0.0") == "10.0.0.5:7400");
  CHECK(told("10.0.0.5/24", "10.9.0.1") == "10.9.0.1:7400");
  CHECK(told("10.0.0.5/24", "n1.example") == "n1.example:7400");
  CHECK(told("127.0.0.1", "127.0.0.1") == "127.0.0.1:7400");
  CHECK(reachable("10.0.0.5:7400").ok());
  for (const char* bad : {"10.0.0.5:0", "unix:/run/x", "not an endpoint", ""}) {
    CAPTURE(bad);
    CHECK(reachable(bad).error().kind() == errc::invalid);
  }
}

TEST_CASE("a bucket lets a second's worth through, and then as often as it says") {
  bucket three(rate{3});
  const auto at = [](duration since) { return time_point{since}; };
  int passed = 0;
  for (int i = 0; i < 10; ++i) passed += three.take(at(1s)) ? 1 : 0;
  CHECK(passed == 3);
  CHECK_FALSE(three.take(at(1200ms)));
  CHECK(three.take(at(1400ms)));
  CHECK_FALSE(three.take(at(1400ms)));
  for (int i = 0; i < 10; ++i) passed += three.take(at(100s)) ? 1 : 0;
  CHECK(passed == 6);
}

}  // namespace
}  // namespace mw::lan

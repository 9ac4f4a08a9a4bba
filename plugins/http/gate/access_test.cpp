// access_test: which names and origins pass, by where the server listens.
// SPDX-License-Identifier: Apache-2.0
#include "gate/access.h"

#include "wire/request_parser.h"

#include <doctest/doctest.h>

namespace {

using mw::http::access_rules;

int verdict(const access_rules& rules, std::string_view fields, std::string_view version = "1.1") {
  const mw::http::request_limits limits;
  mw::http::request_parser parser(limits);
  const std::string bytes =
      "GET / HTTP/" + std::string(version) + "\r\n" + std::string(fields) + "\r\n";
  REQUIRE(parser.feed(bytes).event == mw::http::parse_event::complete);
  return rules.fault_of(parser.current()).status;
}

}  // namespace

TEST_CASE("loopback names") {
  for (const std::string_view yes :
       {"localhost", "LocalHost", "127.0.0.1", "127.8.9.10", "::1", "[::1]"})
    CHECK(mw::http::is_loopback(yes));
  for (const std::string_view no :
       {"", "127.0.0.1.a", "127.0.0", "127.a.b.c", "127.0.0.1.", "127..0.1", "10.0.0.1",
        "localhost.evil", "::2", "[::1", "127.0000.0.1"})
    CHECK(!mw::http::is_loopback(no));
}

TEST_CASE("on loopback only loopback names and listed ones pass") {
  const access_rules rules({"127.0.0.1", 7480}, {"node.example", "other.example:99"}, {});
  CHECK(verdict(rules, "Host: 127.0.0.1\r\n") == 0);
  CHECK(verdict(rules, "Host: localhost:1\r\n") == 0);
  CHECK(verdict(rules, "Host: NODE.example:5\r\n") == 0);
  CHECK(verdict(rules, "Host: other.example:99\r\n") == 0);
  CHECK(verdict(rules, "Host: other.example\r\n") == 421);
  CHECK(verdict(rules, "Host: attacker.example\r\n") == 421);
  CHECK(verdict(rules, "", "1.0") == 0);
}

TEST_CASE("elsewhere bare addresses pass, and the names that are listed") {
  const access_rules bare({"10.0.0.1", 1}, {}, {});
  CHECK(verdict(bare, "Host: 10.0.0.1:7480\r\n") == 0);
  CHECK(verdict(bare, "Host: 192.0.2.7\r\n") == 0);
  CHECK(verdict(bare, "Host: [2001:db8::1]:7480\r\n") == 0);
  CHECK(verdict(bare, "Host: rebinding.example\r\n") == 421);
  CHECK(verdict(bare, "Host: 10.0.0.1.rebinding.example\r\n") == 421);
  const access_rules named({"0.0.0.0", 1}, {"node.example", "*.mesh.example"}, {});
  CHECK(verdict(named, "Host: node.example\r\n") == 0);
  CHECK(verdict(named, "Host: n1.MESH.example:7480\r\n") == 0);
  CHECK(verdict(named, "Host: mesh.example\r\n") == 421);
  CHECK(verdict(named, "Host: evilmesh.example\r\n") == 421);
  CHECK(verdict({{"10.0.0.1", 1}, {"*"}, {}}, "Host: any.example\r\n") == 0);
  CHECK(verdict({{"/run/mw.sock", 0, true}, {}, {}}, "Host: whatever\r\n") == 0);
}

TEST_CASE("what another site's page causes without Origin is refused, links are not") {
  const access_rules rules({"127.0.0.1", 7480}, {}, {});
  const auto with = [&](std::string_view fields) {
    return verdict(rules, "Host: localhost\r\n" + std::string(fields));
  };
  CHECK(with("Sec-Fetch-Site: same-origin\r\n") == 0);
  CHECK(with("Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n") == 0);
  CHECK(with("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\n") == 403);
  CHECK(with("Sec-Fetch-Site: same-site\r\n") == 403);
  CHECK(with("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n") == 0);
}

TEST_CASE("origins") {
  const access_rules rules({"127.0.0.1", 7480}, {}, {"https://example.org"});
  const auto from = [&](std::string_view origin) {
    return verdict(rules, "Host: localhost:7480\r\nOrigin: " + std::string(origin) + "\r\n");
  };
  CHECK(from("http://localhost:7480") == 0);
  CHECK(from("https://example.org") == 0);
  CHECK(from("http://example.org") == 403);
  CHECK(from("http://localhost:7481") == 403);
  CHECK(from("http://localhost") == 403);
  CHECK(from("null") == 403);
  CHECK(from("") == 403);
  CHECK(verdict(rules, "Host: localhost\r\nOrigin: http://localhost\r\nOrigin: null\r\n") == 400);
  CHECK(verdict(rules, "Origin: http://example.net\r\n", "1.0") == 403);
}

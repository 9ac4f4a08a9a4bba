// target_test: one spelling per resource, and no way out of the tree.
// SPDX-License-Identifier: Apache-2.0
#include "wire/target.h"

#include "wire/syntax.h"

#include <doctest/doctest.h>

namespace {

std::string path_of(std::string_view text) {
  const auto parsed = mw::http::parse_target(text);
  return parsed ? parsed->path : "refused: " + parsed.error().text();
}
bool refused(std::string_view text) {
  const auto parsed = mw::http::parse_target(text);
  return !parsed && parsed.error().kind() == mw::errc::invalid && !parsed.error().text().empty();
}

}  // namespace

TEST_CASE("paths come out in one form") {
  CHECK(path_of("/") == "/");
  CHECK(path_of("/a") == "/a");
  CHECK(path_of("/a/") == "/a");
  CHECK(path_of("/a/%62/c") == "/a/b/c");
  CHECK(path_of("/a%20b+c") == "/a b+c");
  CHECK(path_of("/%C3%A4") == "/\xC3\xA4");
  CHECK(path_of("/%252e%252e") == "/%2e%2e");  // decoded once, never twice
  CHECK(path_of("/...") == "/...");
}

TEST_CASE("paths that climb, hide or confuse are refused") {
  for (const std::string_view text :
       {"",        "a",      "//",      "//a",    "/a//b",  "/a//",        "/..",
        "/../etc", "/a/..",  "/a/../b", "/.",     "/a/./b", "/%2e%2e/etc", "/.%2E",
        "/%2e",    "/a%2fb", "/a%2Fb",  "/a%5cb", "/a\\b",  "/a%00",       "/a%0a",
        "/%7f",    "/%",     "/%1",     "/%zz",   "/%ff",   "/%C0%AF",     "/%ED%A0%80"}) {
    CAPTURE(std::string(text));
    CHECK(refused(text));
  }
}

TEST_CASE("query parameters") {
  const auto parsed = mw::http::parse_target("/a?x=1&y=a+b%26c&flag&=v&&x=2/..?#");
  REQUIRE(parsed);
  using pair = std::pair<std::string, std::string>;
  REQUIRE(parsed->query.size() == 5);
  CHECK(parsed->query[0] == pair("x", "1"));
  CHECK(parsed->query[1] == pair("y", "a b&c"));
  CHECK(parsed->query[2] == pair("flag", ""));
  CHECK(parsed->query[3] == pair("", "v"));
  CHECK(parsed->query[4] == pair("x", "2/..?#"));
  CHECK(refused("/a?x=%00"));
  CHECK(refused("/a?x=%f"));
  CHECK(refused("/a?%ff=1"));
}

TEST_CASE("query parameters are bounded") {
  std::string text = "/a?p";
  for (std::size_t i = 1; i < mw::http::query_parameters_max; ++i) text += "&p";
  CHECK(mw::http::parse_target(text)->query.size() == mw::http::query_parameters_max);
  CHECK(refused(text + "&p"));
}

TEST_CASE("peer text in messages is quoted, escaped and cut") {
  CHECK(mw::http::quoted("a\"b\n\xff") == "\"a\\x22b\\x0a\\xff\"");
  CHECK(mw::http::quoted(std::string(100, 'x')) == '"' + std::string(64, 'x') + "\"...");
}

TEST_CASE("hosts with and without port") {
  using mw::http::parse_authority;
  CHECK(parse_authority("a.b-c_d")->host == "a.b-c_d");
  CHECK(parse_authority("127.0.0.1:7480")->port == 7480);
  CHECK(parse_authority("[::1]:1")->host == "[::1]");
  CHECK(!parse_authority("[::1]")->port);
  for (const std::string_view bad : {"", ":1", "a:", "a:x", "a:123456", "[]", "[::1]x", "[a", "a,b",
                                     "a@b", "a b", "a/b", "[::1%25eth0]"}) {
    CAPTURE(std::string(bad));
    CHECK(!parse_authority(bad));
  }
}

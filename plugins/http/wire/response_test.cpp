// response_test: heads and bodies byte by byte, and what must never leave.
// SPDX-License-Identifier: Apache-2.0
#include "wire/response.h"

#include <doctest/doctest.h>

#include <array>

namespace {

using mw::http::append_head;
using mw::http::framing;
using mw::http::header_line;

std::string head_text(const mw::http::response_head& head) {
  std::string out;
  return append_head(out, head) ? out : "refused";
}

}  // namespace

TEST_CASE("heads") {
  CHECK(head_text({.content_type = "text/plain", .content_length = 5, .date = "now"}) ==
        "HTTP/1.1 200 OK\r\nDate: now\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
  CHECK(head_text({.status = 404, .keep_alive = false}) ==
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  CHECK(head_text({.status = 299, .body = framing::none, .minor_version = 0}) ==
        "HTTP/1.1 299 Unknown\r\nConnection: keep-alive\r\n\r\n");
  const std::array lines{header_line{"Cache-Control", "no-store"}};
  CHECK(head_text({.body = framing::chunked, .extra = lines}) ==
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: no-store\r\n\r\n");
  CHECK(head_text({.status = 100, .body = framing::none, .keep_alive = false}) ==
        "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(head_text({.body = framing::to_close, .keep_alive = false, .minor_version = 0}) ==
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
}

TEST_CASE("nothing can smuggle a line into a head, and nothing is half written") {
  std::string out = "kept";
  CHECK(!append_head(out, {.content_type = "a\r\nX: y"}));
  CHECK(!append_head(out, {.content_type = "a\nb"}));
  CHECK(!append_head(out, {.content_type = std::string_view("a\0b", 3)}));
  for (const header_line& bad : {header_line{"X", "a\rb"}, {"X: y\r\nZ", "a"}, {"", "a"}})
    CHECK(!append_head(out, {.extra = {&bad, 1}}));
  CHECK(!append_head(out, {.status = 99}));
  CHECK(!append_head(out, {.status = 1000}));
  CHECK(!append_head(out, {.status = -200}));
  CHECK(out == "kept");
}

TEST_CASE("statuses that cannot have a body") {
  CHECK(mw::http::framing_for(101) == framing::none);
  CHECK(mw::http::framing_for(204) == framing::none);
  CHECK(mw::http::framing_for(304) == framing::none);
  CHECK(mw::http::framing_for(200) == framing::length);
  CHECK(mw::http::framing_for(500) == framing::length);
}

TEST_CASE("chunks") {
  std::string out;
  mw::http::append_chunk(out, "");
  CHECK(out.empty());
  mw::http::append_chunk(out, "hello");
  mw::http::append_chunk(out, std::string(26, 'x'));
  mw::http::append_last_chunk(out);
  CHECK(out == "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

TEST_CASE("dates, with the example of RFC 9110") {
  using namespace std::chrono_literals;
  CHECK(mw::http::http_date({784111777s}) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(mw::http::http_date({0s}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(mw::http::http_date({951782399s + 999ms}) == "Mon, 28 Feb 2000 23:59:59 GMT");
  CHECK(mw::http::http_date({951782400s}) == "Tue, 29 Feb 2000 00:00:00 GMT");
}

TEST_CASE("error bodies are JSON whatever the message holds") {
  CHECK(mw::http::error_body(404, "no \"x\"\n") ==
        R"({"error":"not_found","message":"no \"x\"\n"})");
  CHECK(mw::http::error_body(431, "m") == R"({"error":"overloaded","message":"m"})");
  CHECK(mw::http::error_body(400, "m") == R"({"error":"invalid","message":"m"})");
  CHECK(mw::http::error_body(599, "m") == R"({"error":"internal","message":"m"})");
}

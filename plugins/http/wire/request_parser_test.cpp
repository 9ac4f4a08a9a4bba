// request_parser_test: what is accepted, what is refused and why, wherever the bytes are cut.
// SPDX-License-Identifier: Apache-2.0
#include "wire/request_parser.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace {

using mw::http::parse_event;
using mw::http::request_limits;
using mw::http::request_parser;

struct outcome {
  parse_event event = parse_event::more;
  int status = 0;  // of the refusal
  std::string text;
  std::size_t consumed = 0;
  std::string target, host, body;
  std::vector<std::pair<std::string, std::string>> fields;
  bool keep_alive = false, expects_continue = false, wants_upgrade = false;

  friend bool operator==(const outcome&, const outcome&) = default;
};

// Feeds `bytes` in pieces of `piece` bytes until the request is complete or refused.
outcome parse(std::string_view bytes, std::size_t piece, const request_limits& limits) {
  request_parser parser(limits);
  outcome out;
  while (out.consumed < bytes.size()) {
    const auto step = parser.feed(bytes.substr(out.consumed, piece));
    out.consumed += step.consumed;
    if (step.event == parse_event::complete || step.event == parse_event::refused) {
      out.event = step.event;
      break;
    }
  }
  if (out.event == parse_event::refused) {
    out.status = parser.why().status;
    out.text = parser.why().text;
    out.consumed = 0;  // after a refusal nothing more is read: how much was does not matter
    return out;
  }
  const auto& asked = parser.current();
  out.target = asked.target();
  out.host = asked.host();
  out.body = asked.body();
  for (std::size_t i = 0; i < asked.field_count(); ++i) out.fields.emplace_back(asked.field_at(i));
  out.keep_alive = asked.keep_alive;
  out.expects_continue = asked.expects_continue;
  out.wants_upgrade = asked.wants_upgrade;
  return out;
}

// In one piece; and the outcome must be the same in pieces of one, two, three and seven bytes, and
// when cut once at every place.
outcome parse_all_ways(std::string_view bytes, const request_limits& limits = {}) {
  outcome whole = parse(bytes, bytes.size(), limits);
  for (const std::size_t piece : {1, 2, 3, 7}) CHECK(parse(bytes, piece, limits) == whole);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    request_parser parser(limits);
    auto step = parser.feed(bytes.substr(0, cut));
    std::size_t consumed = step.consumed;
    while (step.event <= parse_event::head && consumed < bytes.size()) {
      step = parser.feed(bytes.substr(consumed, consumed < cut ? cut - consumed : bytes.npos));
      consumed += step.consumed;
    }
    CHECK((step.event == whole.event || whole.event == parse_event::more));
  }
  return whole;
}

void check_refused(std::string_view bytes, int status, std::string_view words,
                   const request_limits& limits = {}) {
  const outcome out = parse_all_ways(bytes, limits);
  CAPTURE(std::string(bytes.substr(0, 120)));
  CAPTURE(out.text);
  CHECK(out.event == parse_event::refused);
  CHECK(out.status == status);
  CHECK(out.text.find(words) != std::string::npos);
}

std::string with_header(std::string_view line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n\r\n";
}
std::string chunked(std::string_view body) {
  return "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

}  // namespace

TEST_CASE("a plain request is read in any pieces") {
  const outcome out = parse_all_ways(
      "GET /members?zone=a HTTP/1.1\r\nHost: 127.0.0.1:7480\r\nAccept:  */* "
      "\t\r\nX-Empty:\r\n\r\n");
  REQUIRE(out.event == parse_event::complete);
  CHECK(out.target == "/members?zone=a");
  CHECK(out.host == "127.0.0.1:7480");
  CHECK(out.keep_alive);
  REQUIRE(out.fields.size() == 3);
  CHECK(out.fields[1] == std::pair<std::string, std::string>("Accept", "*/*"));
  CHECK(out.fields[2].second.empty());
}

TEST_CASE("a body by length stops exactly at its length") {
  const std::string first = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
  const outcome out = parse_all_ways(first + "GET / HTTP/1.1\r\n");
  REQUIRE(out.event == parse_event::complete);
  CHECK(out.body == "hello");
  CHECK(out.consumed == first.size());
}

TEST_CASE("the head is announced once when a body follows, and never otherwise") {
  const request_limits limits;
  request_parser parser(limits);
  const std::string head =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";
  auto step = parser.feed(head);
  CHECK(step.event == parse_event::head);
  CHECK(parser.current().expects_continue);
  CHECK(parser.feed("o").event == parse_event::more);
  CHECK(parser.feed("k").event == parse_event::complete);
  CHECK(parser.current().body() == "ok");
  parser.next();
  CHECK(!parser.mid_request());
  CHECK(parser.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n").event == parse_event::complete);
}

TEST_CASE("pipelined requests come out one by one") {
  const request_limits limits;
  request_parser parser(limits);
  std::string_view in =
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
      "chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nGET /3 HTTP/1.0\r\n\r\n";
  std::vector<std::string> targets;
  while (!in.empty()) {
    const auto step = parser.feed(in);
    REQUIRE(step.event != parse_event::refused);
    in.remove_prefix(step.consumed);
    if (step.event != parse_event::complete) continue;
    targets.emplace_back(parser.current().target());
    CHECK(parser.feed(in).consumed == 0);  // until next() nothing more is taken
    parser.next();
  }
  CHECK(targets == std::vector<std::string>{"/1", "/2", "/3"});
}

TEST_CASE("chunked bodies") {
  SUBCASE("sizes in either case, extensions and trailers are read and dropped") {
    const outcome out = parse_all_ways(chunked(
        "A;name=\"v\"\r\n0123456789\r\n00f\r\nabcdefghijklmno\r\n0;x\r\nDigest: 1\r\n\r\n"));
    REQUIRE(out.event == parse_event::complete);
    CHECK(out.body == "0123456789abcdefghijklmno");
    CHECK(out.fields.size() == 2);
  }
  SUBCASE("refusals") {
    check_refused(chunked("g\r\n"), 400, "not hexadecimal");
    check_refused(chunked("\r\n"), 400, "not hexadecimal");
    check_refused(chunked(" 1\r\na\r\n"), 400, "not hexadecimal");
    check_refused(chunked("0x1\r\na\r\n"), 400, "followed by something else");
    check_refused(chunked("1 \r\na\r\n"), 400, "followed by something else");
    check_refused(chunked("1\na\r\n0\r\n\r\n"), 400, "bare line feed");
    check_refused(chunked("1\r\nab\r\n"), 400, "longer than its size");
    check_refused(chunked("1\r\na\n"), 400, "longer than its size");
    check_refused(chunked("1\r\na\rX"), 400, "longer than its size");
    for (const std::string_view extension :
         {";", ";;a", ";a;b", ";a=b;c", ";a=\"b\";c", ";a=", ";a=b c", "; a", ";a =b", ";a=\"b",
          ";a=\"b\\\"", ";a=\"b\"c", ";a\x01", ";a=\"\x01\"", ";(=b"}) {
      CAPTURE(std::string(extension));
      check_refused(chunked("1" + std::string(extension) + "\r\n"), 400, "is not ';name=value'");
    }
    check_refused(chunked("00000000000000001\r\n"), 400, "16 digits");
    check_refused(chunked("ffffffffffffffff\r\n"), 413, "limit is 1048576");
    check_refused(chunked("0\r\nContent-Length: 3\r\n\r\n"), 400, "may not come as a trailer");
    check_refused(chunked("0\r\n folded\r\n\r\n"), 400, "white space");
    check_refused(chunked("0\r\nX: a\n\r\n"), 400, "bare line feed");
  }
}

TEST_CASE("request lines that are refused") {
  check_refused("GET /\r\n", 400, "is not 'METHOD target HTTP/1.1'");
  check_refused("GET  / HTTP/1.1\r\n", 400, "is not 'HTTP/1.1'");
  check_refused("GET / HTTP/1.1 \r\n", 400, "is not 'HTTP/1.1'");
  check_refused("GET / http/1.1\r\n", 400, "is not 'HTTP/1.1'");
  check_refused("GET / HTTP/11\r\n", 400, "is not 'HTTP/1.1'");
  check_refused("GET / HTTP/1.2\r\n", 505, "HTTP/1.2");
  check_refused("PRI * HTTP/2.0\r\n", 505, "HTTP/2.0");
  check_refused("BREW / HTTP/1.1\r\n", 501, "BREW");
  check_refused("get / HTTP/1.1\r\n", 501, "get");
  check_refused("CONNECT a:1 HTTP/1.1\r\n", 501, "CONNECT");
  check_refused("G(T / HTTP/1.1\r\n", 400, "not a token");
  check_refused(" GET / HTTP/1.1\r\n", 400, "cannot begin");
  check_refused("\x16\x03\x01", 400, "TLS");
  check_refused("\r\n\r\nGET / HTTP/1.1\r\n", 400, "two empty lines");
  check_refused("GET / HTTP/1.1\nHost: a\n\n", 400, "bare line feed");
  check_refused("GET /\xC3\xA4 HTTP/1.1\r\n", 400, "must be encoded");
  check_refused("GET /a#b HTTP/1.1\r\n", 400, "must be encoded");
  check_refused("GET /a\tb HTTP/1.1\r\n", 400, "must be encoded");
  check_refused("GET a HTTP/1.1\r\n", 400, "does not begin with '/'");
  check_refused("GET * HTTP/1.1\r\n", 400, "does not begin with '/'");
  check_refused("GET http://example.org@b/ HTTP/1.1\r\n", 400, "host[:port]");
  check_refused("GET http:/// HTTP/1.1\r\n", 400, "host[:port]");
}

TEST_CASE("header fields that are refused") {
  check_refused(with_header("Host: b"), 400, "more than one Host");
  check_refused(with_header("Name : v"), 400, "is not a token");
  check_refused(with_header(": v"), 400, "is not a token");
  check_refused(with_header("no colon here"), 400, "no colon");
  check_refused(with_header("A: b\r\n c"), 400, "white space");
  check_refused(with_header("A: b\r\n\tc"), 400, "white space");
  check_refused(with_header("A: b\nC: d"), 400, "bare line feed");
  check_refused(with_header("A: b\rC: d"), 400, "bare carriage return");
  check_refused(with_header(std::string_view("A: \0", 4)), 400, "control character");
  check_refused(with_header("A: \x7f"), 400, "control character");
  check_refused(with_header("Expect: a miracle"), 417, "100-continue");
  check_refused("GET / HTTP/1.1\r\nA: b\r\n\r\n", 400, "needs a Host");
  check_refused("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "host[:port]");
  check_refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "host[:port]");
  check_refused("GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", 400, "host[:port]");
  check_refused("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400, "host[:port]");
  check_refused("GET / HTTP/1.1\r\nHost: a/../b\r\n\r\n", 400, "host[:port]");
  check_refused("GET http://example.org/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "differ");
}

TEST_CASE("framing that two readers could read differently is refused") {
  check_refused(with_header("Content-Length: 1\r\nContent-Length: 1"), 400, "more than one");
  check_refused(with_header("Content-Length: 1, 1"), 400, "not a decimal number");
  check_refused(with_header("Content-Length: +1"), 400, "not a decimal number");
  check_refused(with_header("Content-Length: -1"), 400, "not a decimal number");
  check_refused(with_header("Content-Length: 0x1"), 400, "not a decimal number");
  check_refused(with_header("Content-Length:"), 400, "not a decimal number");
  check_refused(with_header("Content-Length: 18446744073709551617"), 413, "limit is 1048576");
  check_refused(with_header("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400, "exclude");
  check_refused(with_header("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400, "exclude");
  check_refused(with_header("Transfer-Encoding: gzip, chunked"), 400, "'chunked' alone");
  check_refused(with_header("Transfer-Encoding: chunked, chunked"), 400, "'chunked' alone");
  check_refused(with_header("Transfer-Encoding: chunked\t"), 400, "a tab in");
  check_refused(with_header("Content-Length:\t3"), 400, "a tab in");
  check_refused(with_header("Transfer-Encoding: gzip"), 501, "'chunked' alone");
  check_refused(with_header("Transfer-Encoding: \x0b"
                            "chunked"),
                400, "control character");
  check_refused(with_header("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400,
                "more than one");
  check_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP/1.0");
  check_refused("POST / HTTP/1.0\r\n\r\n", 411, "Content-Length");
}

TEST_CASE("who may stay connected") {
  const auto stays = [](std::string_view version, std::string_view fields) {
    const outcome out = parse_all_ways("GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" +
                                       std::string(fields) + "\r\n");
    REQUIRE(out.event == parse_event::complete);
    return out.keep_alive;
  };
  CHECK(stays("1.1", ""));
  CHECK(!stays("1.1", "Connection: close\r\n"));
  CHECK(!stays("1.1", "Connection: x, Close\r\n"));
  CHECK(!stays("1.1", "Connection: keep-alive\r\nConnection: close\r\n"));
  CHECK(!stays("1.0", ""));
  CHECK(stays("1.0", "Connection: Keep-Alive\r\n"));
  CHECK(!stays("1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("absolute targets, upgrades, HTTP/1.0 without Host") {
  outcome out =
      parse_all_ways("GET http://example.ORG:80/p?q HTTP/1.1\r\nHost: Example.org:80\r\n\r\n");
  REQUIRE(out.event == parse_event::complete);
  CHECK(out.target == "/p?q");
  CHECK(out.host == "Example.org:80");
  out = parse_all_ways("GET http://[::1]:1 HTTP/1.1\r\nHost: [::1]:1\r\n\r\n");
  CHECK(out.target == "/");
  out = parse_all_ways("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(out.target == "*");
  out = parse_all_ways(with_header("Connection: keep-alive, Upgrade"));
  CHECK(out.wants_upgrade);
  out = parse_all_ways("GET / HTTP/1.0\r\nConnection: upgrade\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(out.event == parse_event::complete);
  CHECK(!out.wants_upgrade);
  CHECK(!out.expects_continue);
  CHECK(out.host.empty());
}

TEST_CASE("every limit holds exactly: the limit passes, one more is refused") {
  request_limits limits{.request_line_bytes = 20,
                        .header_bytes = 30,
                        .header_count = 2,
                        .body_bytes = 4,
                        .chunk_extension_bytes = 4,
                        .trailer_bytes = 6,
                        .trailer_count = 1};
  const auto passes = [&](std::string_view bytes) {
    CAPTURE(std::string(bytes));
    CHECK(parse_all_ways(bytes, limits).event == parse_event::complete);
  };
  const std::string host = "Host: a\r\n";  // 9 bytes
  passes("GET /123456 HTTP/1.1\r\n" + host + "\r\n");
  check_refused("GET /1234567 HTTP/1.1\r\n" + host + "\r\n", 414, "limit is 20", limits);
  check_refused("GET /12345678901234567890", 414, "limit is 20", limits);
  passes("GET / HTTP/1.1\r\n" + host + "A: 4567890123456789\r\n\r\n");
  check_refused("GET / HTTP/1.1\r\n" + host + "A: 4567890123456789012x\r\n\r\n", 431, "limit is 30",
                limits);
  passes("GET / HTTP/1.1\r\n" + host + "A:\r\n\r\n");
  check_refused("GET / HTTP/1.1\r\n" + host + "A:\r\nB:\r\n\r\n", 431, "limit is 2", limits);
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  passes("PUT / HTTP/1.0\r\nContent-Length: 4\r\n\r\nabcd");
  check_refused("PUT / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", 413, "limit is 4", limits);
  limits.header_bytes = 60;
  const std::string coded = post + "Transfer-Encoding: chunked\r\n\r\n";
  passes(coded + "2;a\r\nab\r\n2;b\r\ncd\r\n0\r\nA: 456\r\n\r\n");
  check_refused(coded + "2\r\nab\r\n3\r\n", 413, "limit is 4", limits);
  check_refused(coded + "2;ab\r\nab\r\n1;x\r\n", 400, "limit is 4", limits);
  check_refused(coded + "0\r\nA: 4567\r\n\r\n", 431, "limit is 6", limits);
  check_refused(coded + "0\r\nA:\r\nB:\r\n\r\n", 431, "limit is 1", limits);
}

TEST_CASE("a finished large request gives its memory back and the next one is clean") {
  const request_limits limits;
  request_parser parser(limits);
  const std::string body(100'000, 'x');
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n";
  std::size_t used = parser.feed(head).consumed;
  CHECK(used == head.size());
  CHECK(parser.feed(body).event == parse_event::complete);
  CHECK(parser.current().body().size() == body.size());
  parser.next();
  CHECK(parser.current().body().empty());
  CHECK(parser.feed("GET / HTTP/1.0\r\n\r\n").event == parse_event::complete);
  CHECK(parser.current().body().empty());
  CHECK(parser.current().field_count() == 0);
}

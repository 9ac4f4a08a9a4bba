// http_test: answers cut anywhere, what they mean, and what is refused.
// SPDX-License-Identifier: Apache-2.0
#include "wire/http_exchange.h"

#include <doctest/doctest.h>

namespace mw::checks {
namespace {

// The whole answer, then the end of the connection, in pieces of `piece` bytes.
finding ask(const http_question& what, std::string_view answer, std::size_t piece) {
  http_exchange talk(what);
  for (std::size_t at = 0; at < answer.size(); at += piece)
    if (talk.feed(answer.substr(at, piece))) return talk.outcome();
  talk.end();
  return talk.outcome();
}

// The same for every cut.
finding ask(const http_question& what, std::string_view answer) {
  const finding whole = ask(what, answer, answer.size() + 1);
  for (const std::size_t piece : {1, 2, 3, 7, 50}) {
    const finding cut = ask(what, answer, piece);
    CHECK(cut.verdict == whole.verdict);
    // After the end of an answer, more bytes count only when they come with it.
    if (whole.output != "more bytes than the answer has") CHECK(cut.output == whole.output);
  }
  return whole;
}

finding ask(std::string_view answer) {
  return ask(http_question{}, answer);
}

bool passes(std::string_view answer) {
  return ask(answer).verdict == check_verdict::pass;
}

std::string why(std::string_view answer) {
  const finding what = ask(answer);
  CHECK(what.verdict == check_verdict::fail);
  return what.output;
}

}  // namespace

TEST_CASE("http: the request is what was asked for") {
  http_question what;
  what.path = "/healthz?full=1";
  what.host = "127.0.0.1:8080";
  what.headers = {{"Authorization", "Bearer x"}};
  http_exchange talk(what);
  CHECK(talk.take_output() ==
        "GET /healthz?full=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: meshwright-check\r\n"
        "Accept: */*\r\nConnection: close\r\nAuthorization: Bearer x\r\n\r\n");
  CHECK(talk.take_output().empty());
  what.head = true;
  CHECK(http_exchange(what).take_output().starts_with("HEAD /healthz"));
}

TEST_CASE("http: bodies by length, by chunks and by the end of the connection") {
  CHECK(passes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  CHECK(passes("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"));
  CHECK(passes("HTTP/1.0 200 OK\n\nall of it"));
  CHECK(
      passes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"));
  CHECK(passes("HTTP/1.1 204 No Content\r\n\r\n"));
  CHECK(passes("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  http_question head;
  head.head = true;
  CHECK(ask(head, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n").verdict == check_verdict::pass);
}

TEST_CASE("http: statuses that are fine, a warning, or neither") {
  http_question what;
  what.statuses = {{200, 299}, {301, 302}};
  what.warnings = {{429, 429}};
  const auto verdict = [&what](const std::string& status) {
    return ask(what, "HTTP/1.1 " + status + " X\r\nContent-Length: 0\r\n\r\n").verdict;
  };
  CHECK(verdict("200") == check_verdict::pass);
  CHECK(verdict("302") == check_verdict::pass);
  CHECK(verdict("304") == check_verdict::fail);
  CHECK(verdict("429") == check_verdict::warn);
  CHECK(verdict("503") == check_verdict::fail);
  CHECK(why("HTTP/1.1 503 Oh no\r\nContent-Length: 0\r\n\r\n") ==
        "HTTP 503, which is not one of the expected");
}

TEST_CASE("http: a text in the body, within so many bytes") {
  http_question what;
  what.contains = "ready";
  CHECK(ask(what, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is ready").verdict ==
        check_verdict::pass);
  CHECK(ask(what,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nrea\r\n2\r\ndy\r\n0"
            "\r\n\r\n")
            .verdict == check_verdict::pass);
  const finding other = ask(what, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nno\n");
  CHECK(other.verdict == check_verdict::fail);
  CHECK(other.output == "HTTP 200, but 'ready' is not in its body, which begins 'no?'");
  CHECK(!other.bounded);
  what.body_max = 8;
  const std::string far = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is ready";
  const finding cut = ask(what, far);
  CHECK(cut.verdict == check_verdict::fail);
  CHECK(cut.bounded);
  CHECK(cut.output.find("first 8 bytes") != std::string::npos);
  what.contains = "all";
  CHECK(ask(what, far).verdict == check_verdict::pass);  // the rest is not waited for
  what.contains.clear();
  what.body_max = 0;
  CHECK(ask(what, far).verdict == check_verdict::pass);
}

TEST_CASE("http: what is no answer, cut, or ambiguous, is a failure") {
  CHECK(why("") == "the connection ended without an answer");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Le") == "the connection ended in the middle of the answer");
  CHECK(why("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab").find("middle") != std::string::npos);
  CHECK(why("SSH-2.0-OpenSSH_9.2\r\n") == "no HTTP/1.1 answer: 'SSH-2.0-OpenSSH_9.2'");
  for (const std::string line : {"HTTP/2.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000", "HTTP/1.1",
                                 "HTTP/1.1 999 X", "HTTP/1.1 -20 X", "\x1b[2J"})
    CHECK(why(line + "\r\n\r\n").find("no HTTP/1.1 answer") == 0);
  const auto field = [](const std::string& text) {
    return why("HTTP/1.1 200 OK\r\n" + text + "\r\n\r\n");
  };
  CHECK(field("no colon").find("no header field") != std::string::npos);
  CHECK(field("Space : x").find("no header field") != std::string::npos);
  CHECK(field("Content-Length: x").find("no length") != std::string::npos);
  CHECK(field("Content-Length: -1").find("no length") != std::string::npos);
  CHECK(field("Content-Length: 1\r\nContent-Length: 2").find("only one") != std::string::npos);
  CHECK(field("Content-Length: 1\r\nTransfer-Encoding: chunked").find("both") == 0);
  CHECK(field("Transfer-Encoding: gzip, chunked").find("other than chunked") != std::string::npos);
  CHECK(field("Transfer-Encoding: chunked\r\n\r\nzz").find("chunk size") != std::string::npos);
  CHECK(field("Transfer-Encoding: chunked\r\n\r\n1\r\nabc").find("chunk") != std::string::npos);
  CHECK(why("HTTP/1.1 101 Switching Protocols\r\n\r\n").find("protocols") != std::string::npos);
}

TEST_CASE("http: bounds hold on heads, fields, chunks and interim answers") {
  const std::string start = "HTTP/1.1 200 OK\r\n";
  CHECK(why(start + "A: " + std::string(20'000, 'x')).find("16384") != std::string::npos);
  std::string many = start;
  for (int i = 0; i < 101; ++i) many += "a:b\r\n";
  CHECK(why(many).find("100 header fields") != std::string::npos);
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
  CHECK(why(interim).find("8 interim") != std::string::npos);
  const std::string chunked = start + "Transfer-Encoding: chunked\r\n\r\n";
  CHECK(why(chunked + "1;" + std::string(2000, 'x')).find("head") != std::string::npos);
  CHECK(why(chunked + "ffffffffffffffffff\r\n").find("chunk size") != std::string::npos);
  CHECK(why(chunked + "0\r\n" + std::string(20'000, 't')).find("16384") != std::string::npos);
  // A long body in small chunks is no long head.
  std::string small = chunked;
  for (int i = 0; i < 20'000; ++i) small += "1\r\nx\r\n";
  CHECK(ask(http_question{}, small + "0\r\n\r\n", 4096).verdict == check_verdict::pass);
}

}  // namespace mw::checks

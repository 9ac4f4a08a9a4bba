// connection_test: requests and responses on one connection, byte by byte.
// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include "fake_host.h"

#include <doctest/doctest.h>

#include <optional>

namespace {

using mw::admin_kind;
using mw::admin_reply;
using mw::admin_request;
using mw::admin_response;
using mw::http::anonymous;
using mw::http::fake_directory;
using mw::http::fake_host;
using mw::http::fake_peer;
using mw::http::server;
using mw::http::settings;
using namespace std::chrono_literals;

const std::string host_line = "Host: 127.0.0.1:7480\r\n";

std::string get(std::string_view target, std::string_view fields = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\n" + host_line + std::string(fields) + "\r\n";
}
std::string post(std::string_view target, std::string_view body, std::string_view fields = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\n" + host_line +
         "Content-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" +
         std::string(body);
}
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) ++found;
  return found;
}
std::string body_of(std::string_view response) {
  const auto at = response.find("\r\n\r\n");
  return at == response.npos ? "no head" : std::string(response.substr(at + 4));
}
std::string status_of(std::string_view response) {
  return std::string(response.substr(0, response.find("\r\n")));
}

struct rig {
  fake_host node;
  fake_directory directory;
  anonymous nobody;
  settings options;
  std::optional<server> site;
  fake_peer peer;
  std::vector<admin_reply> asked;  // replies that /later keeps

  explicit rig(const settings& chosen = {}) : options(chosen) {
    directory.add("/hello", admin_kind::read, [](const admin_request& r, admin_reply reply) {
      reply({200, "text/plain", "hello " + std::string(r.parameter("name"))});
    });
    directory.add("/echo", admin_kind::action, [](const admin_request& r, admin_reply reply) {
      reply({200, "text/plain", std::string(r.body)});
    });
    directory.add("/later", admin_kind::read, [this](const admin_request&, admin_reply reply) {
      asked.push_back(std::move(reply));
    });
    directory.add("/files/*", admin_kind::read, [](const admin_request& r, admin_reply reply) {
      reply({200, "text/html; charset=utf-8", std::string(r.path)});
    });
    site.emplace(node.host(), options, directory, nobody);
    peer.connect(*site);
  }

  std::string ask(std::string_view bytes) {
    peer.say(bytes);
    node.turn();
    return peer.heard();
  }
  double refused(const std::string& reason) const {
    return node.metric("mw_http_refused_total", "reason=" + reason);
  }
};

}  // namespace

TEST_CASE("a read endpoint answers GET, whole and in pieces") {
  rig r;
  CHECK(r.ask(get("/hello?name=a%20b")) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 09:06:17 GMT\r\nContent-Type: text/plain\r\n"
        "Content-Length: 9\r\nX-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\n"
        "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'\r\n"
        "Cross-Origin-Resource-Policy: same-origin\r\n\r\n"
        "hello a b");
  const std::string whole = get("/hello?name=x");
  for (const char c : whole) r.peer.say({&c, 1});
  CHECK(body_of(r.peer.heard()) == "hello x");
  CHECK(r.node.metric("mw_http_requests_total", "code=2xx") == 2);
  CHECK(r.node.metric("mw_http_connections") == 1);
  CHECK(!r.peer.finished());
}

TEST_CASE("HEAD has the head of GET and no body") {
  rig r;
  const std::string answer = r.ask("HEAD /hello HTTP/1.1\r\n" + host_line + "\r\n" + get("/hello"));
  CHECK(count(answer, "Content-Length: 6\r\n") == 2);
  CHECK(count(answer, "hello ") == 1);
}

TEST_CASE("an action answers POST, by length and chunked") {
  rig r;
  CHECK(body_of(r.ask(post("/echo", "abc"))) == "abc");
  CHECK(body_of(r.ask("POST /echo HTTP/1.1\r\n" + host_line +
                      "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")) ==
        "abc");
}

TEST_CASE("what is not there, and what is there for other methods") {
  rig r;
  std::string answer = r.ask(get("/helo"));
  CHECK(status_of(answer) == "HTTP/1.1 404 Not Found");
  CHECK(has(body_of(answer), R"("error":"not_found")"));
  CHECK(has(body_of(answer), R"(did you mean \"/hello\"?)"));
  answer = r.ask(get("/entirely/elsewhere"));
  CHECK(has(body_of(answer), "lists what is"));
  answer = r.ask(post("/hello", ""));
  CHECK(status_of(answer) == "HTTP/1.1 405 Method Not Allowed");
  CHECK(has(answer, "Allow: GET, HEAD, OPTIONS\r\n"));
  answer = r.ask(get("/echo"));
  CHECK(has(answer, "Allow: POST, OPTIONS\r\n"));
  answer = r.ask("OPTIONS /echo HTTP/1.1\r\n" + host_line + "\r\n");
  CHECK(status_of(answer) == "HTTP/1.1 204 No Content");
  CHECK(has(answer, "Allow: POST, OPTIONS\r\n"));
  CHECK(!has(answer, "Content-Length"));
  answer = r.ask("OPTIONS * HTTP/1.1\r\n" + host_line + "\r\n");
  CHECK(has(answer, "Allow: GET, HEAD, POST, OPTIONS\r\n"));
  CHECK(!r.peer.finished());
}

TEST_CASE("paths below a wildcard, pages with a content policy, traversal refused") {
  rig r;
  std::string answer = r.ask(get("/files/a/%62"));
  CHECK(body_of(answer) == "/files/a/b");
  CHECK(has(answer, "Content-Security-Policy: default-src 'self'"));
  for (const std::string_view path :
       {"/files/../echo", "/files/%2e%2e/echo", "/files/a%2fb", "//"}) {
    answer = r.ask(get(path));
    CHECK(status_of(answer) == "HTTP/1.1 400 Bad Request");
  }
}

TEST_CASE("the index lists every endpoint unless a plug-in offers its own") {
  rig r;
  CHECK(has(body_of(r.ask(get("/"))),
            R"({"path":"/echo","kind":"action","summary":"Test endpoint."})"));
  r.directory.add("/", admin_kind::read, [](const admin_request&, admin_reply reply) {
    reply({200, "text/plain", "mine"});
  });
  CHECK(body_of(r.ask(get("/"))) == "mine");
}

TEST_CASE("bytes that are not HTTP get one precise answer and the end") {
  rig r;
  const std::string answer = r.ask("GET / HTTP/1.1\r\nHost : a\r\n\r\n" + get("/hello"));
  CHECK(status_of(answer) == "HTTP/1.1 400 Bad Request");
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(has(body_of(answer), "is not a token"));
  CHECK(!has(answer, "hello"));
  CHECK(r.peer.finished());
  CHECK(r.refused("syntax") == 1);
  r.node.advance(5s);
  CHECK(r.peer.gone());
  CHECK(r.node.metric("mw_http_connections") == 0);
}

TEST_CASE("size limits of the stanza reach the parser") {
  settings small;
  small.body.count = 4;
  rig r(small);
  const std::string answer = r.ask(post("/echo", "12345"));
  CHECK(status_of(answer) == "HTTP/1.1 413 Content Too Large");
  CHECK(r.refused("too_large") == 1);
  CHECK(r.peer.finished());
}

TEST_CASE("keep-alive ends where the client or HTTP/1.0 says so") {
  SUBCASE("close") {
    rig r;
    CHECK(has(r.ask(get("/hello", "Connection: close\r\n")), "Connection: close\r\n"));
    CHECK(r.peer.finished());
  }
  SUBCASE("HTTP/1.0") {
    rig r;
    CHECK(has(r.ask("GET /hello HTTP/1.0\r\n\r\n"), "Connection: close\r\n"));
    CHECK(r.peer.finished());
  }
  SUBCASE("HTTP/1.0 keep-alive") {
    rig r;
    CHECK(has(r.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
              "Connection: keep-alive\r\n"));
    CHECK(!r.peer.finished());
  }
}

TEST_CASE("pipelined requests are answered in order, one at a time") {
  rig r;
  CHECK(r.ask(get("/later") + get("/hello?name=2") + get("/later") + get("/hello?name=4")).empty());
  CHECK(r.asked.size() == 1);
  CHECK(r.peer.paused());
  r.asked[0]({200, "text/plain", "one"});
  CHECK(count(r.peer.heard(), "HTTP/1.1") == 1);  // the next request waits for its own turn
  r.node.turn();
  CHECK(body_of(r.peer.heard()) == "hello 2");
  REQUIRE(r.asked.size() == 2);
  r.asked[1]({200, "text/plain", "three"});
  r.node.turn();
  const std::string rest = r.peer.heard();
  CHECK(rest.find("three") < rest.find("hello 4"));
  CHECK(!r.peer.paused());
}

TEST_CASE("a long pipeline takes several turns") {
  rig r;
  std::string many;
  for (int i = 0; i < 100; ++i) many += get("/hello");
  r.peer.say(many);
  const auto first = count(r.peer.heard(), "HTTP/1.1 200");
  CHECK(first > 0);
  CHECK(first < 100);
  r.node.turn();
  CHECK(first + count(r.peer.heard(), "HTTP/1.1 200") == 100);
  CHECK(!r.peer.paused());
}

TEST_CASE("a peer that does not read its answers is not read from either") {
  rig r;
  r.peer.send_limit = 300;
  r.peer.block();
  r.peer.say(get("/hello") + get("/hello") + get("/hello") + get("/hello"));
  CHECK(r.peer.paused());
  CHECK(r.peer.waiting() == 300);
  std::string all;
  for (int i = 0; i < 20; ++i) {
    r.peer.take(100);
    r.node.turn();
    all += r.peer.heard();
  }
  CHECK(count(all, "HTTP/1.1 200") == 4);
  CHECK(!r.peer.paused());
}

TEST_CASE("large answers leave in pieces and intact") {
  rig r;
  const std::string large(100'000, 'x');
  r.directory.add("/large", admin_kind::read, [&](const admin_request&, admin_reply reply) {
    reply({200, "text/plain", large});
  });
  r.peer.block();
  r.peer.say(get("/large", "Connection: close\r\n"));
  std::string all;
  for (int i = 0; i < 60 && !r.peer.finished(); ++i) {
    r.peer.take(4096);
    all += r.peer.heard();
  }
  r.peer.take(4096);
  CHECK(body_of(all + r.peer.heard()) == large);
  CHECK(r.peer.finished());
}

TEST_CASE("Expect: 100-continue is answered before the body, and only when the body is wanted") {
  rig r;
  const std::string head =
      "POST /echo HTTP/1.1\r\n" + host_line + "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  CHECK(r.ask(head) == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(body_of(r.ask("ok")) == "ok");
  const std::string answer = r.ask("POST /nowhere HTTP/1.1\r\n" + host_line +
                                   "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(status_of(answer) == "HTTP/1.1 404 Not Found");
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(r.peer.finished());
}

TEST_CASE("names and origins that a hostile page would bring are refused") {
  rig r;
  const auto status_for = [&](std::string_view fields) {
    return status_of(r.ask("GET /hello HTTP/1.1\r\n" + std::string(fields) + "\r\n")).substr(9, 3);
  };
  CHECK(status_for("Host: localhost:7480\r\n") == "200");
  CHECK(status_for("Host: [::1]\r\n") == "200");
  CHECK(status_for("Host: evil.example\r\n") == "421");
  CHECK(status_for("Host: 127.0.0.1.evil.example\r\n") == "421");
  CHECK(status_for(host_line + "Origin: http://127.0.0.1:7480\r\n") == "200");
  CHECK(status_for(host_line + "Origin: http://example.org\r\n") == "403");
  CHECK(status_for(host_line + "Origin: null\r\n") == "403");
  CHECK(r.refused("host") == 2);
  CHECK(r.refused("origin") == 2);
}

TEST_CASE("an endpoint that never answers, answers late, or drops its reply") {
  rig r;
  r.directory.add("/drops", admin_kind::read, [](const admin_request&, admin_reply) {});
  CHECK(has(body_of(r.ask(get("/drops"))), "the plug-in gave no answer"));
  CHECK(r.ask(get("/later")).empty());
  r.asked.clear();
  CHECK(has(body_of(r.peer.heard()), "the plug-in gave no answer"));
  CHECK(r.ask(get("/later")).empty());
  r.node.advance(40s);
  const std::string answer = r.peer.heard();
  CHECK(status_of(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(has(body_of(answer), "within 30s"));
  CHECK(r.refused("slow_endpoint") == 1);
  r.asked[0]({200, "text/plain", "late"});
  CHECK(r.peer.heard().empty());
  CHECK(body_of(r.ask(get("/hello"))) == "hello ");  // the connection is still good
}

TEST_CASE("answers that HTTP cannot carry become a 500") {
  rig r;
  int status = 200;
  std::string type = "text/plain\r\nX-Forged: yes";
  r.directory.add("/odd", admin_kind::read, [&](const admin_request&, admin_reply reply) {
    reply({status, type, "secret"});
  });
  std::string answer = r.ask(get("/odd"));
  CHECK(status_of(answer) == "HTTP/1.1 500 Internal Server Error");
  CHECK(!has(answer, "Forged"));
  type = "text/plain";
  for (const int bad : {0, 100, 101, 600, -1}) {
    status = bad;
    CHECK(status_of(r.ask(get("/odd"))) == "HTTP/1.1 500 Internal Server Error");
  }
  status = 204;
  answer = r.ask(get("/odd"));
  CHECK(!has(answer, "secret"));
  CHECK(!has(answer, "Content-Length"));
}

TEST_CASE("a call that the directory refuses is told as it is") {
  rig r;
  r.directory.add_feed("/was_feed", nullptr);
  const std::string answer = r.ask(get("/was_feed"));
  CHECK(status_of(answer) == "HTTP/1.1 501 Not Implemented");
  CHECK(has(body_of(answer), "not a feed any more"));
  CHECK(count(answer, "HTTP/1.1") == 1);
  CHECK(r.node.metric("mw_http_feeds") == 0);
}

TEST_CASE("a reply may outlive its connection, and the whole server") {
  rig r;
  CHECK(r.ask(get("/later")).empty());
  r.peer.reset();
  r.node.turn();
  CHECK(r.peer.gone());
  r.asked[0]({200, "text/plain", "nobody listens"});
  fake_peer other;
  other.connect(*r.site);
  other.say(get("/later"));
  r.site.reset();
  REQUIRE(r.asked.size() == 2);
  r.asked[1]({200, "text/plain", "nobody is there"});
  CHECK(other.heard().empty());
}

TEST_CASE("a client that ends its side after the request still gets the answer") {
  rig r;
  r.peer.say(get("/later"));
  r.peer.end();
  CHECK(!r.peer.finished());
  r.asked[0]({200, "text/plain", "one"});
  CHECK(has(r.peer.heard(), "Connection: close\r\n"));
  CHECK(r.peer.finished());
}

TEST_CASE("a client that ends between requests is done; inside one, too") {
  for (const std::string_view sent : {"", "GET /hel"}) {
    rig r;
    r.peer.say(sent);
    r.peer.end();
    CHECK(r.peer.finished());
    r.node.advance(5s);
    CHECK(r.peer.gone());
  }
}

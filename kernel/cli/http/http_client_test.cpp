// http_client_test: addresses, answers that are whole, broken or none, peers that say nothing.
// SPDX-License-Identifier: Apache-2.0
#include "http_client.h"

#include "cli/test_console.h"
#include "event_stream.h"
#include "platform/unique_fd.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

namespace mw::kernel::cli {
namespace {

// Answers one connection on loopback with a fixed text.
class one_answer {
 public:
  explicit one_answer(std::string text)
      : text_(std::move(text)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening_.get(), generic, size) == 0);
    REQUIRE(::listen(listening_.get(), 1) == 0);
    REQUIRE(::getsockname(listening_.get(), generic, &size) == 0);
    port_ = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { serve(); });
  }
  one_answer(const one_answer&) = delete;
  one_answer& operator=(const one_answer&) = delete;
  ~one_answer() {
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + port_; }
  [[nodiscard]] http_question question() const {
    http_question what;
    what.to = *parse_http_address(address() + "/status");
    return what;
  }
  // What was asked; only after the answer has come.
  [[nodiscard]] std::string heard() {
    if (thread_.joinable()) thread_.join();
    return heard_;
  }

 private:
  void serve() {
    const unique_fd peer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::string asked(4096, '\0');
    if (::recv(peer.get(), asked.data(), asked.size(), 0) <= 0) return;
    heard_ = asked.substr(0, asked.find('\0'));
    if (asked.find(" /status HTTP/1.0\r\n") == std::string::npos) return;
    (void)::send(peer.get(), text_.data(), text_.size(), MSG_NOSIGNAL);
  }

  std::string text_;
  std::string heard_;
  unique_fd listening_;
  std::string port_;
  std::thread thread_;
};

std::string answer_with(const std::string& status_line, const std::string& body) {
  return "HTTP/1.1 " + status_line + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST_CASE("addresses: scheme and path may be left out") {
  CHECK(parse_http_address("http://127.0.0.1:7480/a/b")->path == "/a/b");
  CHECK(parse_http_address("127.0.0.1:7480")->at.port == 7480);
  CHECK(parse_http_address("127.0.0.1:7480/")->path.empty());
  CHECK(parse_http_address("http://[::1]:80")->at.host == "::1");
  CHECK(parse_http_address("localhost:80")->at.host == "localhost");
  CHECK(parse_http_address("https://localhost:7480")->tls);
  CHECK_FALSE(parse_http_address("http://localhost:7480")->tls);
  CHECK(parse_http_address("unix:/run/mw.sock")->at.local);
  CHECK(to_string(*parse_http_address("https://127.0.0.1:80/x")) == "https://127.0.0.1:80");
  for (const char* wrong :
       {"", "http://", "127.0.0.1", "http://127.0.0.1/x", "https://", "ftp://127.0.0.1:7480",
        "127.0.0.1:99999", "127.0.0.1:1/a b", "127.0.0.1:1/a\r\nX: y"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_http_address(wrong).ok());
  }
}

TEST_CASE("addresses: which listener answers where") {
  const auto at = [](const char* text) { return parse_endpoint(text).value(); };
  CHECK(answers_at(at("127.0.0.1:80"), at("localhost:80")));
  CHECK(answers_at(at("0.0.0.0:80"), at("127.0.0.1:80")));
  CHECK(answers_at(at("10.0.0.1:80"), at("10.0.0.1:80")));
  CHECK_FALSE(answers_at(at("127.0.0.1:80"), at("127.0.0.1:81")));
  CHECK_FALSE(answers_at(at("127.0.0.1:80"), at("10.0.0.1:80")));
  CHECK_FALSE_MESSAGE(answers_at(at("0.0.0.0:80"), at("10.0.0.1:80")), "may be another machine");
}

TEST_CASE("event streams: cut anywhere, they are the same events") {
  const std::string text =
      ": hello\r\n\r\nevent: up\ndata: a\ndata:b\n\ndata\n\nevent: none\n\ndata: c\r\rdata: cut";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    event_stream events;
    std::string heard;
    for (std::size_t at = 0; at < text.size(); at += step)
      CHECK(events
                .feed(std::string_view(text).substr(at, step),
                      [&](std::string_view event, std::string_view data) {
                        heard.append(event).append("=").append(data).append(";");
                        return true;
                      })
                .ok());
    CHECK(heard == "up=a\nb;message=;message=c;");
  }
}

TEST_CASE("event streams: the listener ends them, and what is too large does") {
  event_stream events;
  const auto stop = [](std::string_view, std::string_view) { return false; };
  CHECK(events.feed("data: 1\n\ndata: 2\n\n", stop).value() == false);
  event_stream large;
  const std::string line(event_stream::event_bytes_max + 1, 'x');
  CHECK(large.feed(line, stop).error().kind() == errc::overloaded);
}

TEST_CASE("answers: status and body") {
  const auto good = parse_http_answer("HTTP/1.1 200 OK\r\ncontent-LENGTH:  2\r\nA: b\r\n\r\nhi");
  REQUIRE(good.ok());
  CHECK(good->status == 200);
  CHECK(good->body == "hi");
  CHECK(parse_http_answer("HTTP/1.0 404 Not Found\r\n\r\n")->status == 404);
}

TEST_CASE("answers: what is not whole is refused") {
  CHECK(parse_http_answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi").error().kind() ==
        errc::disconnected);
  for (const char* wrong : {"", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\n",
                            "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1\r\n\r\n"}) {
    CAPTURE(wrong);
    CHECK(parse_http_answer(wrong).error().kind() == errc::invalid);
  }
}

TEST_CASE("a question over a real socket") {
  one_answer server(answer_with("200 OK", "{}"));
  const auto answer = ask_http(server.question(), 10s);
  REQUIRE(answer.ok());
  CHECK(answer->body == "{}");
  CHECK(server.heard().starts_with("GET /status HTTP/1.0\r\nHost: 127.0.0.1:"));
  CHECK(server.heard().find("Authorization") == std::string::npos);
}

TEST_CASE("an action carries its token, its mark and its length") {
  one_answer server(answer_with("200 OK", "{}"));
  http_question what = server.question();
  what.token = "t0ken";
  what.post = true;
  what.body = R"({"a":1})";
  REQUIRE(ask_http(what, 10s).ok());
  const std::string asked = server.heard();
  CHECK(asked.starts_with("POST /status HTTP/1.0\r\n"));
  for (const char* part : {"Authorization: Bearer t0ken\r\n", "X-Meshwright: 1\r\n",
                           "Content-Type: application/json\r\n", "Content-Length: 7\r\n"})
    CHECK(asked.find(part) != std::string::npos);
}

TEST_CASE("a feed is followed until it ends; a page is no feed") {
  const std::string head = "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
  one_answer server(head + "event: a\ndata: 1\n\nevent: b\ndata: 2\n\n");
  std::string heard;
  const auto each = [&](std::string_view event, std::string_view) {
    heard += event;
    return true;
  };
  const auto ended = follow_http(server.question(), 10s, each);
  REQUIRE(ended.ok());
  CHECK(ended->body.empty());
  CHECK(heard == "ab");
  one_answer page(answer_with("200 OK", "{}"));
  CHECK(follow_http(page.question(), 10s, each)->body == "{}");
}

TEST_CASE("nobody listens, or somebody who says nothing") {
  unique_fd taken(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(taken.get(), generic, size) == 0);
  REQUIRE(::getsockname(taken.get(), generic, &size) == 0);
  http_question target;
  target.to.at = {"127.0.0.1", ntohs(address.sin_port)};
  CHECK(ask_http(target, 10s).error().kind() == errc::disconnected);
  REQUIRE(::listen(taken.get(), 1) == 0);
  CHECK(ask_http(target, 1ms).error().kind() == errc::timed_out);
}

TEST_CASE("status: phases decide the exit code") {
  const auto ask = [](const std::string& text) {
    one_answer server(text);
    return run_words({"status", server.address()});
  };
  const std::string node =
      R"({"id":"n1","cluster":"demo","phase":"PHASE","plugins":[)"
      R"({"name":"http","type":"http","phase":"ready","required":true,"reason":""},)"
      R"({"name":"a","type":"b","phase":"failed","required":false,"reason":"no\u001b[2J"}]})";
  const auto in_phase = [&](const std::string& phase) {
    std::string text = node;
    return answer_with("200 OK", text.replace(text.find("PHASE"), 5, phase));
  };
  const mw_output ready = ask(in_phase("ready"));
  CHECK(ready.code == exit_code::ok);
  CHECK(ready.out ==
        "node n1 of cluster demo: ready\n"
        "  http  http  ready\n"
        "  a     b     failed    (optional) no?[2J\n");
  CHECK(ask(in_phase("draining")).code == exit_code::no);
  CHECK(ask(answer_with("404 Not Found", "")).err.find("use: probes") != std::string::npos);
  CHECK(ask(answer_with("500 Oh", "")).code == exit_code::cannot_run);
  CHECK(ask(answer_with("200 OK", "[1, 2")).err == "mw status: this is not the status of a node\n");
  CHECK(ask(answer_with("200 OK", "{}")).code == exit_code::cannot_run);
  CHECK(ask("").code == exit_code::cannot_run);
  const mw_output wanted = ask(answer_with("401 Unauthorized", "{}"));
  CHECK(wanted.code == exit_code::cannot_run);
  CHECK(wanted.err.find("--token-file") != std::string::npos);
  CHECK(ask(answer_with("403 Forbidden", R"({"message":"no\u001b[2J"})")).err.find("no?[2J") !=
        std::string::npos);
}

TEST_CASE("status: wrong arguments") {
  CHECK(run_words({"status", "nowhere"}).code == exit_code::usage);
  CHECK(run_words({"status", "--timeout", "soon"}).code == exit_code::usage);
}

}  // namespace
}  // namespace mw::kernel::cli

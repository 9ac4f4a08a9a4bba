// http_get_test: addresses, answers that are whole, broken or none, and peers that do not answer.
// SPDX-License-Identifier: Apache-2.0
#include "http_get.h"

#include "platform/unique_fd.h"
#include "test_console.h"

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
  ~one_answer() { thread_.join(); }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + port_; }
  [[nodiscard]] http_target target() const { return {"127.0.0.1", port_, "/status"}; }

 private:
  void serve() const {
    const unique_fd peer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::string asked(4096, '\0');
    if (::recv(peer.get(), asked.data(), asked.size(), 0) <= 0) return;
    if (!asked.starts_with("GET /status HTTP/1.0\r\n")) return;
    (void)::send(peer.get(), text_.data(), text_.size(), MSG_NOSIGNAL);
  }

  std::string text_;
  unique_fd listening_;
  std::string port_;
  std::thread thread_;
};

std::string answer_with(const std::string& status_line, const std::string& body) {
  return "HTTP/1.1 " + status_line + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

TEST_CASE("targets: scheme and path may be left out") {
  CHECK(parse_http_target("http://127.0.0.1:7480/a/b")->path == "/a/b");
  CHECK(parse_http_target("127.0.0.1:7480")->port == "7480");
  CHECK(parse_http_target("127.0.0.1:7480/")->path.empty());
  CHECK(parse_http_target("http://[::1]:80")->host == "::1");
  CHECK(parse_http_target("localhost:80")->host == "localhost");
  for (const char* wrong : {"", "http://", "127.0.0.1", "http://127.0.0.1/x", "unix:/tmp/x",
                            "https://127.0.0.1:7480", "127.0.0.1:99999"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_http_target(wrong).ok());
  }
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
  const auto answer = http_get(server.target(), 10s);
  REQUIRE(answer.ok());
  CHECK(answer->body == "{}");
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
  const http_target target{"127.0.0.1", std::to_string(ntohs(address.sin_port)), ""};
  CHECK(http_get(target, 10s).error().kind() == errc::disconnected);
  REQUIRE(::listen(taken.get(), 1) == 0);
  CHECK(http_get(target, 1ms).error().kind() == errc::timed_out);
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
}

TEST_CASE("status: wrong arguments") {
  CHECK(run_words({"status", "nowhere"}).code == exit_code::usage);
  CHECK(run_words({"status", "--timeout", "soon"}).code == exit_code::usage);
}

}  // namespace
}  // namespace mw::kernel::cli

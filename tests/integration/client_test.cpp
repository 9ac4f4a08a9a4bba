// client_test: `mw bench`, `mw call` and `mw send` end in order on signals and when they fail.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace mw::test {
namespace {

constexpr int cannot_run = 3;
constexpr int interrupted = 4;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A node with the services of echo, and test.never, which does not answer.
class server {
 public:
  explicit server(const std::string& strike = "false")
      : node_({MW_BINARY, "run", "--print-ready",
               folder_.write("n1.yaml",
                             node_text("n1", ", listen: \"" + socket() + "\"", socket(), strike) +
                                 "  echo: { use: echo }\n")}) {
    const bool ready = node_.wait_for("ready n1");
    CAPTURE(node_.err());
    REQUIRE(ready);
  }

  // A node file for a client with its own test.strike.
  [[nodiscard]] std::string client_file() const {
    return folder_.write("client.yaml", node_text("client", "", socket(), "false"));
  }
  [[nodiscard]] std::vector<std::string> client(std::vector<std::string> words) const {
    words.insert(words.begin(), MW_BINARY);
    words.insert(words.end(), {"--cluster", "test", "--connect", socket()});
    return words;
  }
  process& node() { return node_; }

 private:
  [[nodiscard]] std::string socket() const { return "unix:" + folder_.path() + "/n1.sock"; }
  [[nodiscard]] std::string node_text(const std::string& id, const std::string& listen,
                                      const std::string& peer, const std::string& strike) const {
    return "node: { id: " + id + ", cluster: test, data_dir: " + folder_.path() + "/" + id +
           ", plugin_path: [" MW_BUILD_ROOT
           "/fixtures] }\nplugins:\n  link: { use: transport.unix" +
           listen + " }\n  seeds: { use: discovery.static, peers: [\"" + peer +
           "\"] }\n  codec: { use: transport.msgpack }\n  pool: { use: transport.pool }\n"
           "  balance: { use: loadbalance.round_robin }\n  routing: { use: routing }\n"
           "  never: { use: broken.never_answers, strike: " +
           strike + " }\n";
  }

  scratch_folder folder_;
  process node_;
};

// A port that takes connections and says nothing.
class silent_port {
 public:
  silent_port() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
    REQUIRE(::listen(fd_, 8) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size) == 0);
    address_ = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  }
  silent_port(const silent_port&) = delete;
  silent_port& operator=(const silent_port&) = delete;
  ~silent_port() { ::close(fd_); }

  [[nodiscard]] const std::string& address() const { return address_; }
  // Until somebody connects.
  [[nodiscard]] bool was_met() const {
    pollfd waits{fd_, POLLIN, 0};
    return ::poll(&waits, 1, static_cast<int>(patience.count()) * 1000) == 1;
  }

 private:
  int fd_;
  std::string address_;
};

TEST_CASE("bench: Ctrl-C prints the total so far, and says that it was cut short") {
  server one;
  process bench(one.client({"bench", "echo", "--for", "1h", "--warmup", "1ms"}));
  REQUIRE(bench.wait_for("p99.9"));  // the line of the first second
  bench.send(SIGINT);
  CHECK(bench.finish() == ending{.code = interrupted});
  CAPTURE(bench.out());
  const std::size_t total = bench.out().find("total ");
  REQUIRE(total != std::string::npos);
  CHECK(has(bench.out().substr(total), "p99.9"));
  CHECK(has(bench.out().substr(total), "failed 0"));
  CHECK(has(bench.out(), "of 1h"));
  CHECK(has(bench.err(), "stopped by a signal"));
}

TEST_CASE("bench: SIGTERM does the same for messages and as JSON") {
  server one;
  process bench(one.client({"bench", "oneway", "--for", "1h", "--warmup", "1ns", "--json"}));
  // It prints nothing before its end: the sink knows when it runs.
  std::string before;
  bool grows = false;
  for (int look = 0; look < 200 && !grows; ++look) {
    const finished count = run(one.client({"call", "mw.echo.count"}));
    grows = !before.empty() && before != "n1: [0,0]\n" && before != count.out;
    before = count.out;
  }
  REQUIRE(grows);
  bench.send(SIGTERM);
  CHECK(bench.finish() == ending{.code = interrupted});
  CAPTURE(bench.out());
  CHECK(has(bench.out(), "\"whole\":false"));
  CHECK(has(bench.out(), "\"messages\":"));
  CHECK(!has(bench.out(), "\"messages\":0"));
  CHECK(!has(bench.out(), "\"arrived\""));
}

TEST_CASE("bench, call, send: a signal ends the wait for a peer, with nothing measured") {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"bench", "echo"}, {"call", "mw.echo"}, {"send", "mw.echo.sink"}}) {
    CAPTURE(words.front());
    const silent_port nobody;
    std::vector<std::string> all{MW_BINARY};
    all.insert(all.end(), words.begin(), words.end());
    all.insert(all.end(), {"--connect", nobody.address()});
    if (words.front() != "bench") all.insert(all.end(), {"--deadline", "1h"});
    process client(all);
    REQUIRE(nobody.was_met());
    client.send(SIGINT);
    CHECK(client.finish() == ending{.code = interrupted});
    CHECK(client.out().empty());
    CHECK(has(client.err(), "stopped by a signal"));
  }
}

TEST_CASE("bench: a client that fails in the middle prints what it had and why it failed") {
  server one("true");
  process bench(
      {MW_BINARY, "bench", "echo", "--for", "1h", "--warmup", "1ms", "--node", one.client_file()});
  REQUIRE(bench.wait_for("p99.9"));
  const finished strike = run(one.client({"call", "test.never", "--to", "n1", "--deadline", "1s"}));
  CAPTURE(strike.err);
  CHECK(bench.finish().code == cannot_run);
  CAPTURE(bench.out());
  CAPTURE(bench.err());
  CHECK(has(bench.out(), "total "));
  CHECK(has(bench.err(), "this fixture was struck"));
}

TEST_CASE("call: a signal ends the wait for an answer") {
  server one;
  process call(one.client({"call", "test.never", "--deadline", "1h"}));
  REQUIRE(one.node().wait_for("somebody waits"));
  call.send(SIGTERM);
  CHECK(call.finish() == ending{.code = interrupted});
  CHECK(has(call.err(), "stopped by a signal"));
}

TEST_CASE("call: the failure of its own node ends the wait for an answer, with the reason") {
  server one("true");
  process call({MW_BINARY, "call", "test.never", "--to", "n1", "--deadline", "1h", "--node",
                one.client_file()});
  CHECK(call.finish() == ending{.code = cannot_run});
  CAPTURE(call.err());
  CHECK(has(call.err(), "the client node has stopped"));
  CHECK(has(call.err(), "this fixture was struck"));
}

}  // namespace
}  // namespace mw::test

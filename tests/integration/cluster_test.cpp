// cluster_test: three real nodes over socket files, called by hand, under load, and under attack.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace mw::test {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Nodes n1, n2, n3 with the services of echo.
class cluster {
 public:
  cluster() {
    for (int i = 1; i <= 3; ++i) nodes_.push_back(start(i));
    for (const auto& node : nodes_) REQUIRE(node->wait_for("ready n"));
  }

  [[nodiscard]] std::unique_ptr<process> start(int number) const {
    const std::string id = "n" + std::to_string(number);
    std::string text = "node: { id: " + id + ", cluster: test, data_dir: " + folder_.path() + "/" +
                       id + " }\nplugins:\n  link: { use: transport.unix, listen: \"" +
                       socket(number) + "\" }\n  seeds: { use: discovery.static, peers: [";
    for (int peer = 1; peer <= 3; ++peer) text += "\"" + socket(peer) + "\", ";
    text +=
        "] }\n  codec: { use: transport.msgpack }\n"
        "  pool: { use: transport.pool, connections: 1..1 }\n"
        "  balance: { use: loadbalance.round_robin }\n"
        "  routing: { use: routing }\n  echo: { use: echo }\n";
    return std::make_unique<process>(std::vector<std::string>{MW_BINARY, "run", "--print-ready",
                                                              folder_.write(id + ".yaml", text)});
  }

  // `mw VERB ARGUMENTS...` as a client of all three.
  [[nodiscard]] finished client(std::vector<std::string> words) const {
    words.insert(words.begin(), MW_BINARY);
    words.insert(words.end(), {"--cluster", "test"});
    for (int i = 1; i <= 3; ++i) words.insert(words.end(), {"--connect", socket(i)});
    return run(std::move(words));
  }

  [[nodiscard]] std::string path(int number) const {
    return folder_.path() + "/n" + std::to_string(number) + ".sock";
  }
  [[nodiscard]] std::string socket(int number) const { return "unix:" + path(number); }
  process& node(int number) { return *nodes_[static_cast<std::size_t>(number - 1)]; }
  void replace(int number) { nodes_[static_cast<std::size_t>(number - 1)] = start(number); }

 private:
  scratch_folder folder_;
  std::vector<std::unique_ptr<process>> nodes_;
};

// A raw connection that says what it likes.
class stranger {
 public:
  explicit stranger(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    REQUIRE(path.size() < sizeof address.sun_path);
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  stranger(const stranger&) = delete;
  stranger& operator=(const stranger&) = delete;
  ~stranger() { ::close(fd_); }

  void say(const std::string& bytes) const {
    (void)::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Everything until the node hangs up; it does so well before a person would lose patience.
  [[nodiscard]] std::size_t read_to_the_end() const {
    std::size_t all = 0;
    char buffer[4096];
    for (ssize_t n = 0; (n = ::read(fd_, buffer, sizeof buffer)) > 0;)
      all += static_cast<std::size_t>(n);
    return all;
  }

 private:
  int fd_;
};

TEST_CASE("cluster: one call reaches everybody, many are spread evenly") {
  cluster three;
  const finished all =
      three.client({"call", "mw.echo", "[\"hello\", 7]", "--all", "--quorum", "3"});
  CAPTURE(all.err);
  CHECK(all.how == ending{.code = 0});
  for (const char* id : {"n1", "n2", "n3"})
    CHECK(has(all.out, std::string(id) + ": [\"hello\",7]"));

  const finished bench = three.client({"bench", "echo", "--peers", "3", "--in-flight", "32",
                                       "--for", "300ms", "--warmup", "10ms", "--json"});
  CAPTURE(bench.err);
  CHECK(bench.how == ending{.code = 0});
  CHECK(has(bench.out, "\"failed\":0"));

  const finished one = three.client({"call", "mw.echo", "[1]", "--to", "n2"});
  CHECK(one.out == "n2: [1]\n");
  const finished nobody = three.client({"call", "mw.echo", "[1]", "--to", "n9"});
  CHECK(nobody.how == ending{.code = 1});
  CHECK(has(nobody.err, "n9"));
}

TEST_CASE("cluster: messages arrive, with and without a guarantee") {
  cluster three;
  const finished bench = three.client(
      {"bench", "oneway", "--peers", "3", "--for", "200ms", "--warmup", "10ms", "--json"});
  CAPTURE(bench.out);
  CAPTURE(bench.err);
  CHECK(bench.how == ending{.code = 0});
  for (const char* guarantee : {"at_most_once", "at_least_once", "exactly_once"}) {
    const finished sent = three.client(
        {"send", "mw.echo.sink", "[\"tick\"]", "--to", "n3", "--guarantee", guarantee});
    CAPTURE(guarantee);
    CAPTURE(sent.err);
    CHECK(sent.how == ending{.code = 0});
  }
}

TEST_CASE("cluster: a killed node is left out, and is back after its return") {
  cluster three;
  three.node(2).send(SIGKILL);
  CHECK(three.node(2).finish().signal == SIGKILL);
  const finished two = three.client({"bench", "echo", "--peers", "2", "--for", "200ms", "--json"});
  CAPTURE(two.err);
  CHECK(two.how == ending{.code = 0});
  three.replace(2);
  REQUIRE(three.node(2).wait_for("ready n2"));
  const finished back = three.client({"bench", "echo", "--peers", "3", "--for", "100ms", "--json"});
  CAPTURE(back.err);
  CHECK(back.how == ending{.code = 0});
}

TEST_CASE("cluster: a stopped process costs its own calls only") {
  cluster three;
  three.node(3).send(SIGSTOP);
  const finished others = three.client({"call", "mw.echo", "[1]", "--to", "n1"});
  CAPTURE(others.err);
  CHECK(others.how == ending{.code = 0});
  const finished stuck =
      three.client({"call", "mw.echo", "[1]", "--to", "n3", "--deadline", "500ms"});
  CHECK(stuck.how.code != 0);
  three.node(3).send(SIGCONT);
  const finished again = three.client({"call", "mw.echo", "[1]", "--all", "--quorum", "3"});
  CAPTURE(again.err);
  CHECK(again.how == ending{.code = 0});
}

TEST_CASE("cluster: strangers are hung up on and change nothing") {
  cluster three;
  for (const std::string& words :
       {std::string("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), std::string(100000, '\xff'),
        std::string(64, '\0'), std::string("\x7f\xff\xff\xff", 4)}) {
    const stranger one(three.path(1));
    one.say(words);
    CHECK(one.read_to_the_end() < 8192);  // our hello and a reason, not more
  }
  const finished call = three.client({"call", "mw.echo", "[1]", "--to", "n1"});
  CAPTURE(call.err);
  CHECK(call.how == ending{.code = 0});
}

TEST_CASE("cluster: another cluster's client is told whom it has met") {
  cluster three;
  const finished lost = run({MW_BINARY, "call", "mw.echo", "[1]", "--cluster", "other", "--connect",
                             three.socket(1), "--deadline", "1s"});
  CHECK(lost.how == ending{.code = 3});
  CHECK(has(lost.err, "mw.echo"));
}

}  // namespace
}  // namespace mw::test

// bad_surroundings_test: ports in use, unreadable files, full disks and early signals end defined.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace mw::test {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A port of 127.0.0.1 that somebody else listens on.
class taken_port {
 public:
  taken_port() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(socket_, generic, size) == 0);
    REQUIRE(::listen(socket_, 1) == 0);
    REQUIRE(::getsockname(socket_, generic, &size) == 0);
    number_ = ntohs(address.sin_port);
  }
  taken_port(const taken_port&) = delete;
  taken_port& operator=(const taken_port&) = delete;
  ~taken_port() { ::close(socket_); }
  [[nodiscard]] std::string text() const { return std::to_string(number_); }

 private:
  int socket_;
  int number_ = 0;
};

// `rest` starts in line 3.
std::string node_file(const scratch_folder& folder, const std::string& more,
                      const std::string& rest) {
  return folder.write("node.yaml", "node: { id: n1, data_dir: " + folder.path() +
                                       "/data, plugin_path: [" MW_BUILD_ROOT "/fixtures]" + more +
                                       " }\nplugins:\n" + rest);
}

TEST_CASE("run: a port in use ends the start with the plug-in, its line and the port") {
  const scratch_folder folder;
  const taken_port port;
  const std::string file =
      node_file(folder, "", "  http: { use: http, listen: \"127.0.0.1:" + port.text() + "\" }\n");
  const finished done = run({MW_BINARY, "run", file});
  CAPTURE(done.err);
  CHECK(done.how == ending{.code = 3});
  CHECK(has(done.err, "node.yaml:3"));
  CHECK(has(done.err, "'http'"));
  CHECK(has(done.err, port.text()));
  CHECK(has(done.err, "in use"));
}

TEST_CASE("run and check: files that cannot be read are named") {
  const scratch_folder folder;
  for (const char* verb : {"check", "run"}) {
    CAPTURE(verb);
    const finished missing = run({MW_BINARY, verb, folder.path() + "/no.yaml"});
    CHECK(missing.how.code == (std::string(verb) == "check" ? 1 : 3));
    CHECK(has(missing.err + missing.out, "no.yaml"));
    const finished directory = run({MW_BINARY, verb, folder.path()});
    CHECK(directory.how.code == (std::string(verb) == "check" ? 1 : 3));
    CHECK(has(directory.err + directory.out, folder.path()));
  }
}

TEST_CASE("run: a data directory that cannot be made") {
  const scratch_folder folder;
  folder.write("data", "a file where the directory should be");
  const finished done =
      run({MW_BINARY, "run", node_file(folder, "", "  hello: { use: greeter }\n")});
  CAPTURE(done.err);
  CHECK(done.how == ending{.code = 3});
  CHECK(has(done.err, folder.path() + "/data"));
}

TEST_CASE("run: a full disk takes the log, not the node") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", "--print-ready",
                node_file(folder, ", log: { file: /dev/full }", "  hello: { use: greeter }\n")});
  REQUIRE(node.wait_for("ready n1"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
}

TEST_CASE("run: SIGTERM during the start ends the start") {
  const scratch_folder folder;
  process node({MW_BINARY, "run",
                node_file(folder, "", "  slow: { use: broken.never_ready, start_timeout: 1h }\n")});
  REQUIRE(node.wait_for("node starts"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
}

TEST_CASE("run: SIGTERM at any moment after the exec ends the process") {
  const scratch_folder folder;
  const std::string file = node_file(folder, "", "  hello: { use: greeter }\n");
  for (int i = 0; i < 20; ++i) {
    process node({MW_BINARY, "run", file});
    node.send(SIGTERM);  // somewhere between the first instruction and readiness
    const ending how = node.finish();
    CHECK_FALSE(how.late);
    CHECK((how.code == 0 || how.signal == SIGTERM));
  }
}

}  // namespace
}  // namespace mw::test

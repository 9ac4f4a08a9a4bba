// dns_test: a real name server, dnsmasq, whose records change while a node follows them.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::test {
namespace {

constexpr const char* dnsmasq = "/usr/sbin/dnsmasq";

// A port that was free a moment ago, for UDP and TCP.
std::string free_port() {
  for (int tries = 0; tries < 100; ++tries) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    const int packets = ::socket(AF_INET, SOCK_DGRAM, 0);
    const int streams = ::socket(AF_INET, SOCK_STREAM, 0);
    const bool free = ::bind(packets, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                      ::getsockname(packets, reinterpret_cast<sockaddr*>(&at), &size) == 0 &&
                      ::bind(streams, reinterpret_cast<sockaddr*>(&at), size) == 0;
    ::close(packets);
    ::close(streams);
    if (free) return std::to_string(ntohs(at.sin_port));
  }
  return {};
}

std::unique_ptr<process> serve(const std::string& port, const std::vector<std::string>& records) {
  std::vector<std::string> words{dnsmasq,
                                 "--keep-in-foreground",
                                 "--port=" + port,
                                 "--no-resolv",
                                 "--no-hosts",
                                 "--conf-file=/dev/null",
                                 "--bind-interfaces",
                                 "--listen-address=127.0.0.1",
                                 "--local-ttl=2",
                                 "--pid-file=",
                                 "--log-facility=-",
                                 "--user=" + std::string(::getuid() == 0 ? "root" : "")};
  if (::getuid() != 0) words.pop_back();
  words.insert(words.end(), records.begin(), records.end());
  auto server = std::make_unique<process>(words);
  REQUIRE(server->wait_for("started"));
  return server;
}

TEST_CASE("the view follows the records of a real name server, within their two seconds") {
  if (::access(dnsmasq, X_OK) != 0) {
    MESSAGE("dnsmasq is not installed: the test with a real name server is skipped");
    return;
  }
  const std::string port = free_port();
  const scratch_folder folder;
  const std::string file = folder.write(
      "node.yaml",
      "node: { id: n1, data_dir: " + folder.path() +
          "/n1 }\nplugins:\n  journal: { use: events_log, topics: \"peer.*\" }\n"
          "  dns: { use: discovery.dns, services: [_mw._tcp.mesh.test], servers: [\"127.0.0.1:" +
          port + "\"] }\n");
  auto server = serve(
      port, {"--srv-host=_mw._tcp.mesh.test,n1.mesh.test,7401,1,5",
             "--srv-host=_mw._tcp.mesh.test,n2.mesh.test,7402,1,5",
             "--host-record=n1.mesh.test,127.0.0.11", "--host-record=n2.mesh.test,127.0.0.12"});
  process node({MW_BINARY, "run", file});
  CHECK(node.wait_for("127.0.0.11:7401"));
  CHECK(node.wait_for("127.0.0.12:7402"));

  // Nobody answers for a while: nothing is lost by that.
  server->send(SIGKILL);
  server.reset();
  CHECK(node.wait_for("the last good list of peers stays"));
  CHECK(node.out().find("peer.lost") == std::string::npos);
  CHECK(node.err().find("peer.lost") == std::string::npos);

  server = serve(
      port, {"--srv-host=_mw._tcp.mesh.test,n2.mesh.test,7402,1,5",
             "--srv-host=_mw._tcp.mesh.test,n3.mesh.test,7403,1,5",
             "--host-record=n2.mesh.test,127.0.0.12", "--host-record=n3.mesh.test,127.0.0.13"});
  CHECK(node.wait_for("127.0.0.13:7403"));
  CHECK(node.wait_for("peer.lost"));
  node.send(SIGTERM);
  CHECK(node.finish().code == 0);
}

}  // namespace
}  // namespace mw::test

// flood: p99 of established calls while a crowd knocks at the door, over p99 without it.
// SPDX-License-Identifier: Apache-2.0
#include "bench.h"
#include "common/x509/test_certs.h"
#include "first_words.h"
#include "flood.h"
#include "messaging/process.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace mw::bench {
namespace {

// From one address, with 500 handshakes a second beside them.
constexpr std::size_t half_open = 1000;

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  const bool fine = ::bind(fd, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                    ::getsockname(fd, reinterpret_cast<sockaddr*>(&at), &size) == 0;
  ::close(fd);
  if (!fine) throw std::runtime_error("no port of 127.0.0.1 is free");
  return ntohs(at.sin_port);
}

// What strangers say, and what the two who know each other speak.
struct flood_kind {
  bool secure = false;
  std::string words = "GET / HTTP/1.1\r\n\r\n";
};

// A folder with the node's file and the credentials of both ends, gone with its owner.
class node_folder {
 public:
  node_folder(std::uint16_t port, bool secure) {
    char pattern[] = "/tmp/bench_flood_XXXXXX";
    if (::mkdtemp(pattern) == nullptr) throw std::runtime_error("no folder in /tmp can be made");
    path_ = pattern;
    std::ofstream out(file());
    out << "node: { id: n1, cluster: flood, data_dir: " << path_ << ", log: { level: error } }\n"
        << "plugins:\n  link: { use: transport.tcp, listen: \"127.0.0.1:" << port
        << "\" }\n"
           "  codec: { use: transport.msgpack }\n"
           "  balance: { use: loadbalance.round_robin }\n"
           "  routing: { use: routing }\n"
           "  echo: { use: echo }\n"
           "  firewall: { use: security.firewall, exempt: [127.0.0.1] }\n"
           "  pool: { use: transport.pool, transport: "
        << (secure ? "tls }\n  tls: { use: transport.tls, over: link }\n" : "link }\n");
    if (!secure) return;
    out << "  identity: { use: security.identity }\n"
        << "  certs: { use: security.credentials, cert: " << path_ << "/n1.pem, key: " << path_
        << "/n1.key, ca: " << path_ << "/ca.pem }\n";
    write_credentials();
  }
  node_folder(const node_folder&) = delete;
  node_folder& operator=(const node_folder&) = delete;
  ~node_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string file() const { return path_ + "/n1.yaml"; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  void write_credentials() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const x509::test_pki pki({std::chrono::duration_cast<duration>(now)});
    std::ofstream(path_ + "/ca.pem") << pki.root.certificate;
    for (const std::string name : {"n1", "client"}) {
      const auto good = pki.node(name);
      std::ofstream(path_ + "/" + name + ".pem") << good.certificates;
      const std::string key = path_ + "/" + name + ".key";
      std::ofstream(key) << good.key;
      std::filesystem::permissions(key, std::filesystem::perms{0600});
    }
  }

  std::string path_;
};

double number_after(const std::string& json, std::string_view key) {
  const std::size_t at = json.find("\"" + std::string(key) + "\":");
  if (at == std::string::npos) throw std::runtime_error("mw bench said: " + json);
  return std::strtod(json.c_str() + at + key.size() + 3, nullptr);
}

// Each measurement has a node of its own.
double p99_us(std::uint64_t span_ms, bool flooded, const flood_kind& kind) {
  const std::uint16_t port = free_port();
  const node_folder folder(port, kind.secure);
  child node({MW_BINARY, "run", "--print-ready", folder.file()}, -1);
  if (node.read_line(std::chrono::seconds(30)).find("ready") == std::string::npos)
    throw std::runtime_error("the node did not start");
  test::flood waiting("127.0.0.2", port);
  test::flood shaking("127.0.0.2", port);
  for (std::size_t i = 0; flooded && i < half_open; ++i) (void)waiting.connect("", half_open);
  std::vector<std::string> calls{MW_BINARY,
                                 "bench",
                                 "echo",
                                 "--cluster",
                                 "flood",
                                 "--connect",
                                 "127.0.0.1:" + std::to_string(port),
                                 "--in-flight",
                                 "8",
                                 "--warmup",
                                 "200ms",
                                 "--for",
                                 std::to_string(span_ms) + "ms",
                                 "--json"};
  if (kind.secure) calls.insert(calls.end(), {"--certs", folder.path()});
  child client(calls, -1);
  std::string line;
  // One handshake every two milliseconds; ended by the client, and in any case by the count.
  for (int i = 0; line.empty() && i < 100'000; ++i) {
    if (flooded) (void)shaking.connect(kind.words, 64);
    line = client.read_line(std::chrono::milliseconds(2));
  }
  (void)client.wait(std::chrono::seconds(10));
  if (number_after(line, "failed") > 0) throw std::runtime_error("calls failed: " + line);
  return number_after(line, "p99_ns") / 1000;
}

}  // namespace
}  // namespace mw::bench

mw::bench::table flooded(const char* name, const mw::bench::flood_kind& kind) {
  using mw::bench::p99_us;
  mw::bench::table calls(name, "us", {"quiet"});
  calls.add_value("quiet", [kind](std::uint64_t items) { return p99_us(items, false, kind); });
  calls.add_value("flooded", [kind](std::uint64_t items) { return p99_us(items, true, kind); });
  calls.at_most("flooded", 2, "quiet");
  return calls;
}

int main(int argc, char** argv) {
  std::vector<mw::bench::table> tables;
  tables.push_back(flooded("established calls under a flood, p99", {}));
  tables.push_back(flooded("established calls under a flood of TLS handshakes, p99",
                           {true, mw::bench::first_words_of_tls()}));
  return mw::bench::run_tables(argc, argv, std::move(tables), 2000);
}

// firewall_test: a real node under floods of connections, while somebody works with it.
// SPDX-License-Identifier: Apache-2.0
#include "flood.h"
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace mw::test {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What follows `key` in the JSON of a page; -1 when it is not there.
long number_after(const std::string& json, const std::string& key) {
  const std::size_t at = json.find("\"" + key + "\":");
  return at == std::string::npos ? -1 : std::atol(json.c_str() + at + key.size() + 3);
}

std::string address_in(const std::string& log, const std::string& plugin) {
  for (std::size_t line = 0; (line = log.find("listening", line)) != std::string::npos;) {
    const std::size_t begin = log.rfind('\n', line) + 1;
    const std::size_t end = log.find('\n', line);
    if (end == std::string::npos) return {};
    const std::string text = log.substr(begin, end - begin);
    const std::size_t at = text.find("127.0.0.1:");
    if (has(text, plugin) && at != std::string::npos)
      return text.substr(at, text.find_first_not_of("0123456789.:", at) - at);
    line = end;
  }
  return {};
}

// Peers and people come from 127.0.0.1; whoever comes from 127.0.0.2 and on is anybody.
class guarded_node {
 public:
  explicit guarded_node(const std::string& firewall, const std::string& tcp = "")
      : node_({MW_BINARY, "run", "--print-ready",
               folder_.write("n1.yaml",
                             "node: { id: n1, cluster: test, data_dir: " + folder_.path() +
                                 " }\nplugins:\n  link: { use: transport.tcp, listen: "
                                 "\"127.0.0.1:0\"" +
                                 tcp +
                                 " }\n  codec: { use: transport.msgpack }\n  pool: { use: "
                                 "transport.pool }\n  balance: { use: loadbalance.round_robin "
                                 "}\n  routing: { use: routing }\n  echo: { use: echo }\n  "
                                 "http: { use: http, listen: \"127.0.0.1:0\" }\n"
                                 "  firewall: { use: security.firewall, exempt: [127.0.0.1]" +
                                 firewall + " }\n")}) {
    REQUIRE(node_.wait_for("ready n1"));
  }

  // The line of a plug-in that listens says where. It may come later than that of readiness.
  [[nodiscard]] std::string address_of(const std::string& plugin) {
    std::string at = address_in(node_.err(), plugin);
    for (int i = 0; i < 200 && at.empty(); ++i) {
      (void)node_.wait_for("never printed", std::chrono::milliseconds(50));
      at = address_in(node_.err(), plugin);
    }
    REQUIRE_FALSE(at.empty());
    return at;
  }
  [[nodiscard]] std::uint16_t port() {
    const std::string at = address_of("pool");
    return static_cast<std::uint16_t>(std::atoi(at.c_str() + at.find(':') + 1));
  }
  // `mw firewall WORDS... --json` against this node.
  [[nodiscard]] finished firewall(std::vector<std::string> words) {
    words.insert(words.begin(), {MW_BINARY, "firewall"});
    words.insert(words.end(), {"--json", "--admin", "http://" + address_of("http")});
    return run(std::move(words));
  }
  // What a person does: by the tool, or where it cannot send yet, by hand.
  [[nodiscard]] bool act(const std::string& what, const std::string& network) {
    const finished tool = firewall({what, network});
    if (!has(tool.err, "cannot send")) return tool.how == ending{.code = 0};
    const std::string at = address_of("http");
    const std::string body = "POST /firewall/" + what + "?address=" + network +
                             " HTTP/1.1\r\nHost: " + at +
                             "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    flood one("127.0.0.1", static_cast<std::uint16_t>(std::atoi(at.c_str() + at.find(':') + 1)));
    REQUIRE(one.connect(body, 1));
    return has(one.hear(), " 200 ");
  }
  [[nodiscard]] long counted(const std::string& key) {
    const finished page = firewall({});
    CAPTURE(page.err);
    REQUIRE(page.how == ending{.code = 0});
    return number_after(page.out, key);
  }
  [[nodiscard]] std::vector<std::string> client(std::vector<std::string> words) {
    words.insert(words.begin(), MW_BINARY);
    words.insert(words.end(), {"--cluster", "test", "--connect", address_of("pool")});
    return words;
  }
  [[nodiscard]] finished call() { return run(client({"call", "mw.echo", "[1]", "--to", "n1"})); }

 private:
  scratch_folder folder_;
  process node_;
};

// Established calls for a while, with `attack` under way all the time.
template <class Attack>
finished bench_under(guarded_node& node, Attack attack) {
  process bench(node.client(
      {"bench", "echo", "--in-flight", "8", "--for", "1s", "--warmup", "100ms", "--json"}));
  for (int step = 0; step < 100'000; ++step) {
    if (bench.wait_for("\n", std::chrono::milliseconds(2))) break;
    attack(step);
  }
  const ending how = bench.finish();
  return {how, bench.out(), bench.err()};
}

}  // namespace

TEST_CASE("firewall: half-open connections and handshakes from one address harm nobody else") {
  guarded_node node(", cool_down: { enabled: false }");
  flood half_open("127.0.0.2", node.port());
  flood handshakes("127.0.0.2", node.port());
  for (int i = 0; i < 1000; ++i) REQUIRE(half_open.connect("", 1000));
  const finished bench =
      bench_under(node, [&](int) { (void)handshakes.connect("GET / HTTP/1.1\r\n\r\n", 50); });
  CAPTURE(bench.out);
  CAPTURE(bench.err);
  CHECK(bench.how == ending{.code = 0});
  CHECK(has(bench.out, "\"failed\":0"));
  CHECK(node.call().how == ending{.code = 0});
  // So many as an address may have came in; all others were turned away.
  CHECK(half_open.alive() <= 16);
  CHECK(node.counted("rate") + node.counted("unproved_address") > 900);
}

TEST_CASE("firewall: who sends nonsense cools down, and is pardoned by a person") {
  guarded_node node(", cool_down: { threshold: 5 }");
  flood rude("127.0.0.3", node.port());
  for (int i = 0; i < 500 && node.counted("cooling_down") < 1; ++i)
    REQUIRE(rude.connect("GET / HTTP/1.1\r\n\r\n", 4));
  const finished page = node.firewall({});
  CHECK(has(page.out, "\"network\":\"127.0.0.3\",\"why\":\"offences\""));
  CHECK(node.call().how == ending{.code = 0});
  CHECK(node.act("pardon", "127.0.0.3"));
  CHECK_FALSE(has(node.firewall({}).out, "\"network\":\"127.0.0.3\""));
  CHECK_FALSE(node.act("pardon", "127.0.0.3"));
  CHECK(node.act("ban", "127.0.0.4"));
  flood banned("127.0.0.4", node.port());
  for (int i = 0; i < 500 && node.counted("banned") < 1; ++i) REQUIRE(banned.connect("", 4));
  CHECK(node.counted("banned") >= 1);
}

TEST_CASE("firewall: those that drip are hung up on in time") {
  guarded_node node(", unproved: { deadline: 300ms }, cool_down: { enabled: false }");
  flood slow("127.0.0.5", node.port());
  for (int i = 0; i < 10; ++i) REQUIRE(slow.connect(std::string("\0\0", 2), 10));
  for (int i = 0; i < 2000 && slow.alive() > 0; ++i) {
    if (i == 1) slow.drip();  // never a whole length field
    (void)node.counted("connections");  // takes a while, as a person's look does
  }
  CHECK(slow.alive() == 0);
  CHECK(node.counted("unproved_deadline") == 10);
  CHECK(node.call().how == ending{.code = 0});
}

TEST_CASE("firewall: many addresses, and the oldest goes first") {
  guarded_node node(", unproved: { total: 20 }, cool_down: { enabled: false }");
  std::vector<std::unique_ptr<flood>> crowd;
  for (int i = 0; i < 30; ++i) {
    crowd.push_back(std::make_unique<flood>("127.0.1." + std::to_string(i + 1), node.port()));
    REQUIRE(crowd.back()->connect("", 1));
  }
  for (int i = 0; i < 500 && node.counted("unproved_total") < 10; ++i) continue;
  CHECK(node.counted("unproved_total") >= 10);
  CHECK(crowd.front()->alive() == 0);
  CHECK(crowd.back()->alive() == 1);
  CHECK(node.call().how == ending{.code = 0});
}

// The system's own bound is reached before ours: accepting rests, and works again by itself.
TEST_CASE("firewall: a node without descriptors turns people away and recovers") {
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 64;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);  // the child inherits it
  auto node = std::make_unique<guarded_node>(
      ", unproved: { per_address: 10000, per_network: 10000 }, rates: [], cool_down: { enabled: "
      "false }");
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  auto attack = std::make_unique<flood>("127.0.0.6", node->port());
  for (int i = 0; i < 200; ++i) REQUIRE(attack->connect("", 200));
  for (int i = 0; i < 200 && attack->alive() == 200; ++i) REQUIRE(attack->connect("", 200));
  CHECK(attack->alive() < 200);
  attack.reset();
  finished answer = node->call();
  for (int i = 0; i < 20 && answer.how.code != 0; ++i) answer = node->call();
  CAPTURE(answer.err);
  CHECK(answer.how == ending{.code = 0});
}

}  // namespace mw::test

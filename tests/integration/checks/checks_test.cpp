// checks_test: a real node that checks real servers and runs real commands.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace mw::test {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The number behind `mark` in what a server has printed.
std::string number_after(process& server, const std::string& mark) {
  REQUIRE_MESSAGE(server.wait_for(mark), server.err());
  const std::size_t from = server.out().find(mark) + mark.size();
  const std::size_t end = server.out().find_first_not_of("0123456789", from);
  return server.out().substr(from, end - from);
}

// Processes of this machine whose command line holds `mark`.
int running_with(const std::string& mark) {
  int found = 0;
  for (const auto& one : std::filesystem::directory_iterator("/proc")) {
    const std::string name = one.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream in(one.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(in), {}};
    found += has(line, mark) && !has(line, "integration_checks") ? 1 : 0;
  }
  return found;
}

// A node with these checks, each a line of YAML.
struct checking_node {
  explicit checking_node(const std::string& checks)
      : node({MW_BINARY, "run", "--print-ready",
              folder.write("node.yaml",
                           "node: { id: n1, data_dir: " + folder.path() +
                               "/data }\nplugins:\n  http: { use: http, listen: \"127.0.0.1:0\" }\n"
                               "  metrics: { use: metrics }\n"
                               "  swim: { use: discovery.swim, bind: \"127.0.0.1:0\" }\n"
                               "  checks:\n    use: discovery.checks\n    allow_exec: true\n"
                               "    checks:\n" +
                               checks)},
             env) {
    REQUIRE_MESSAGE(node.wait_for("ready n1"), node.err());
  }
  [[nodiscard]] finished mw(std::vector<std::string> words) const {
    words.insert(words.begin(), MW_BINARY);
    return run(std::move(words), env);
  }
  // Asks again and again until the list of checks says so; each question takes a while by itself.
  [[nodiscard]] bool comes_to(const std::string& part) {
    for (int tries = 0; tries < 1000; ++tries) {
      last = mw({"checks"}).out;
      if (has(last, part)) return true;
    }
    return false;
  }
  [[nodiscard]] std::string line_of(const std::string& check) const {
    const std::size_t at = last.find("  " + check + " ");
    return at == std::string::npos ? "" : last.substr(at, last.find('\n', at) - at);
  }

  const scratch_folder folder;
  process::variables env{"XDG_RUNTIME_DIR=" + folder.path()};
  std::string last;
  process node;
};

constexpr const char* quick = "interval: 500ms, timeout: 500ms, jitter: 0";

std::string line(const std::string& name, const std::string& rest) {
  return "      - { name: " + name + ", " + quick + ", " + rest + " }\n";
}

}  // namespace

TEST_CASE("checks: python's web server, found well, missed, and found again") {
  const scratch_folder pages;
  pages.write("healthz", "all is ready\n");
  auto server = std::make_unique<process>(
      std::vector<std::string>{"/usr/bin/env", "python3", "-u", "-m", "http.server", "0", "--bind",
                               "127.0.0.1", "--directory", pages.path()});
  const std::string port = number_after(*server, "port ");
  checking_node n(
      line("page", "kind: http, target: \"127.0.0.1:" + port +
                       "\", http: { path: /healthz, contains: ready }") +
      line("head", "kind: http, target: \"localhost:" + port +
                       "\", http: { method: head, path: /healthz }") +
      line("lost", "kind: http, target: \"127.0.0.1:" + port + "\", http: { path: /nowhere }") +
      line("port", "kind: tcp, target: \"127.0.0.1:" + port + "\""));
  CHECK(n.comes_to("score 0.75"));
  CHECK(has(n.line_of("page"), "passing"));
  CHECK(has(n.line_of("head"), "passing"));
  CHECK(has(n.line_of("port"), "passing"));
  CHECK(has(n.line_of("lost"), "HTTP 404"));
  const finished members = n.mw({"members", "-v"});
  CHECK(members.how.code == 0);
  CHECK_MESSAGE(has(members.out, "health 0.75 (checks 0.75: lost critical: HTTP 404"), members.out);
  server.reset();
  CHECK(n.comes_to("score 0.00"));
  const std::string metrics = n.mw({"admin", "/metrics"}).out;
  CHECK(has(metrics, "mw_discovery_checks_level"));
  if (std::filesystem::exists("/usr/bin/promtool")) {
    const std::string file = n.folder.write("metrics.txt", metrics);
    const finished judged = run({"/bin/sh", "-c", "promtool check metrics < " + file});
    const std::string said = judged.out + judged.err;
    CHECK_MESSAGE(!has(said, "mw_discovery_checks"), said);
  }
  n.node.send(SIGTERM);
  CHECK(n.node.finish().code == 0);
}

#ifdef MW_GRPC_SERVER
TEST_CASE("checks: a real gRPC server and its health service") {
  process server({MW_GRPC_SERVER, "shop.Orders"});
  const std::string at = "kind: grpc, target: \"127.0.0.1:" + number_after(server, "port ") + "\"";
  checking_node n(line("whole", at) + line("orders", at + ", grpc: { service: shop.Orders }") +
                  line("other", at + ", grpc: { service: shop.Stock }"));
  CHECK(n.comes_to("score 0.66"));
  CHECK(has(n.line_of("whole"), "SERVING"));
  CHECK(has(n.line_of("orders"), "passing"));
  CHECK(has(n.line_of("other"), "NOT_FOUND"));
  server.send(SIGUSR1);
  CHECK(n.comes_to("score 0.33"));
  CHECK(has(n.line_of("orders"), "NOT_SERVING"));
  server.send(SIGUSR2);
  CHECK(n.comes_to("score 0.66"));
  server.send(SIGTERM);
  CHECK(server.finish().code == 0);
}
#endif

TEST_CASE("checks: commands run within their limits, and none is left") {
  const scratch_folder marks;
  const std::string mark = "mark_" + marks.path().substr(marks.path().rfind('_') + 1);
  const auto command = [&](const std::string& name, const std::string& script) {
    return "      - { name: " + name +
           ", kind: exec, interval: 1s, timeout: 1s, failures: 1, exec: { grace: 50ms, command: "
           "[/bin/sh, -c, \"" +
           script + " # " + mark + "\"], environment: { PATH: /usr/bin:/bin } } }\n";
  };
  const std::string stubborn = command("stubborn", "trap '' TERM; while :; do sleep 0.01; done");
  {
    checking_node n(command("fine", "echo all is well") +
                    command("warned", "echo rather full; exit 1") + command("yes", "yes") +
                    stubborn +
                    command("parent", "(trap '' TERM; while :; do sleep 0.01; done) & exit 0") +
                    line("nobody", "kind: exec, exec: { command: [/no/such/program] }") +
                    line("pushed", "kind: ttl, subject: jobs"));
    CHECK(n.comes_to(", killed"));
    CHECK(n.comes_to("writes without end"));
    CHECK(n.comes_to("no verdict was pushed"));
    CHECK(n.comes_to("exit code 1: rather full"));
    CHECK(n.comes_to("all is well"));
    CHECK(n.comes_to("/no/such/program cannot be run"));
    CHECK(has(n.line_of("stubborn"), "critical"));
    CHECK(has(n.line_of("warned"), "warning"));
    CHECK(n.mw({"checks", "push", "pushed", "pass", "--output", "done"}).how.code == 0);
    CHECK(n.mw({"checks", "push", "fine", "pass"}).how.code == 1);
    n.node.send(SIGTERM);
    CHECK(n.node.finish().code == 0);
  }
  CHECK(running_with(mark) == 0);
  // Not even a node that is killed leaves its commands behind.
  checking_node n(stubborn);
  for (int tries = 0; tries < 100'000 && running_with(mark) == 0; ++tries) continue;
  CHECK(running_with(mark) > 0);
  n.node.send(SIGKILL);
  CHECK(n.node.finish().signal == SIGKILL);
  bool gone = false;
  for (int tries = 0; tries < 100'000 && !gone; ++tries) gone = running_with(mark) == 0;
  CHECK(gone);
}

}  // namespace mw::test

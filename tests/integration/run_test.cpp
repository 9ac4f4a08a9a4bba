// run_test: a running node as its operator sees it: status, log files, data directory, signals.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

namespace mw::test {
namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string content(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// `rest` starts in line 3.
std::string node_file(const scratch_folder& folder, const std::string& more,
                      const std::string& rest) {
  return folder.write("node.yaml", "node: { id: n1, data_dir: " + folder.path() +
                                       "/data, plugin_path: [" MW_BUILD_ROOT "/fixtures]" + more +
                                       " }\nplugins:\n" + rest);
}

constexpr const char* served =
    "  http: { use: http, listen: \"127.0.0.1:0\" }\n"
    "  probes: { use: probes }\n";

// What follows `at=` in the log line that says where the node listens.
std::string address_in(const std::string& log) {
  const auto start = log.find(" at=", log.find("listening"));
  if (start == std::string::npos) return "no address in: " + log;
  return log.substr(start + 4, log.find('\n', start) - start - 4);
}

TEST_CASE("status: a running node tells its phases, until it is gone") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", "--print-ready", node_file(folder, "", served)});
  REQUIRE(node.wait_for("ready n1"));
  REQUIRE(node.wait_for("node is ready"));
  const std::string address = address_in(node.err());

  const finished text = run({MW_BINARY, "status", address});
  CAPTURE(text.err);
  CHECK(text.how == ending{.code = 0});
  CHECK(text.out ==
        "node n1 of cluster default: ready\n"
        "  http    http    ready\n"
        "  probes  probes  ready\n");
  const finished json = run({MW_BINARY, "status", "http://" + address, "--json"});
  CHECK(has(json.out, R"("phase":"ready")"));

  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
  CHECK(run({MW_BINARY, "status", address}).how == ending{.code = 3});
}

TEST_CASE("status: a plug-in that is not ready makes the answer no") {
  const scratch_folder folder;
  const std::string file = node_file(
      folder, "", std::string(served) + "  slow: { use: broken.never_ready, start_timeout: 1h }\n");
  process node({MW_BINARY, "run", file});
  REQUIRE(node.wait_for("listening"));
  REQUIRE(node.wait_for("\n"));
  const finished said = run({MW_BINARY, "status", address_in(node.err())});
  CAPTURE(said.err);
  CHECK(said.how == ending{.code = 1});
  CHECK(has(said.out, "node n1 of cluster default: starting\n"));
  CHECK(has(said.out, "slow    broken.never_ready  starting  "));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
}

TEST_CASE("run: a second node with the same data directory is refused") {
  const scratch_folder folder;
  const std::string file = node_file(folder, "", "  hello: { use: greeter }\n");
  process first({MW_BINARY, "run", "--print-ready", file});
  REQUIRE(first.wait_for("ready n1"));
  const finished second = run({MW_BINARY, "run", file});
  CHECK(second.how == ending{.code = 3});
  CHECK(has(second.err, "node.yaml:1:"));
  CHECK(has(second.err, "error[RUN0002]"));
  first.send(SIGINT);
  CHECK(first.finish() == ending{.code = 0});
  process third({MW_BINARY, "run", "--print-ready", file});
  CHECK_MESSAGE(third.wait_for("ready n1"), "the claim ends with the node");
  third.send(SIGTERM);
  CHECK(third.finish() == ending{.code = 0});
}

TEST_CASE("run: SIGHUP opens the log file again, so that it can be renamed") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", "--print-ready",
                node_file(folder, ", log: { file: n1.log }", "  hello: { use: greeter }\n")});
  REQUIRE(node.wait_for("ready n1"));
  const std::string log = folder.path() + "/data/n1.log";
  REQUIRE(std::rename(log.c_str(), (log + ".old").c_str()) == 0);
  node.send(SIGHUP);
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
  CHECK(has(content(log), "node stopped"));
  // The first lines may have waited for the disk until after the signal.
  CHECK(has(content(log + ".old") + content(log), "node starts"));
}

TEST_CASE("run: a third signal ends a node whose lane does not react") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", "--print-ready",
                node_file(folder, "", "  stuck: { use: broken.blocks_lane }\n")});
  REQUIRE(node.wait_for("the lane is blocked now"));
  for (const char* times : {"times=1", "times=2"}) {
    node.send(SIGTERM);
    REQUIRE(node.wait_for(times));
  }
  node.send(SIGTERM);
  const ending how = node.finish();
  // The lane may have come back just before the third one.
  CHECK((how == ending{.code = 1} || how == ending{.code = 0}));
  CHECK((how.code == 0 || has(node.err(), "ended at once by a third signal")));
}

}  // namespace
}  // namespace mw::test

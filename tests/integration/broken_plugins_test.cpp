// broken_plugins_test: wrong libraries and plug-ins end in an exit code and a helpful sentence.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"
#include "scratch.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <string>
#include <vector>

namespace mw::test {
namespace {

constexpr int answer_is_no = 1;
constexpr int cannot_run = 3;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A node with one plug-in, whose stanza stands in line 4.
std::string node_with(const scratch_folder& folder, const std::string& type,
                      const std::string& options = "") {
  return folder.write("node.yaml", "node: { id: n1, cluster: test, data_dir: " + folder.path() +
                                       "/data, plugin_path: [" MW_BUILD_ROOT
                                       "/fixtures] }\n"
                                       "\n"
                                       "plugins:\n"
                                       "  bad: { use: " +
                                       type + options + " }\n");
}

struct wrong_library {
  std::string fault;
  std::string code;
  std::string sentence;
};

TEST_CASE("check: wrong libraries are refused with code, place and remedy") {
  for (const wrong_library& one :
       std::vector<wrong_library>{{"not_elf", "PLG0002", "it is not an ELF file"},
                                  {"empty", "PLG0002", "it is not an ELF file"},
                                  {"half_copied", "PLG0002", "it is cut short"},
                                  {"undefined_symbol", "PLG0002", "mw_function_of_a_newer_release"},
                                  {"no_symbol", "PLG0003", "no symbol mw_plugin"},
                                  {"null_descriptor", "PLG0004", "descriptor"},
                                  {"wrong_magic", "PLG0004", "descriptor"},
                                  {"wrong_abi", "PLG0005", "SDK ABI"},
                                  {"wrong_compiler", "PLG0006", "another-cxxabi"}}) {
    CAPTURE(one.fault);
    const scratch_folder folder;
    const std::string file = node_with(folder, "broken." + one.fault);
    for (const char* verb : {"check", "run"}) {
      CAPTURE(verb);
      const finished done = run({MW_BINARY, verb, file});
      const std::string said = done.out + done.err;
      CAPTURE(said);
      CHECK(done.how == ending{.code = std::string(verb) == "check" ? answer_is_no : cannot_run});
      CHECK(has(said, one.code));
      CHECK(has(said, one.sentence));
      CHECK(has(said, "node.yaml:4:"));
      CHECK(has(said, "bad: { use: broken." + one.fault));
      CHECK(has(said, "help: "));
    }
  }
}

struct wrong_plugin {
  std::string fault;
  std::string options;
  std::string sentence;
};

TEST_CASE("run: plug-ins that fail while they start end the node with their name and line") {
  for (const wrong_plugin& one : std::vector<wrong_plugin>{
           {"throws", "", "the constructor of this fixture throws"},
           {"fails_start", "", "this fixture never starts"},
           {"never_ready", ", start_timeout: 200ms", "start_timeout"},
           {"publishes_undeclared", "", "publishes peer.up/1 without declaring it in describe()"},
           {"subscribes_undeclared", "",
            "subscribes to peer.up/1 without declaring it in describe()"},
           {"uses_undeclared", "", "status"}}) {
    CAPTURE(one.fault);
    const scratch_folder folder;
    const finished done =
        run({MW_BINARY, "run", node_with(folder, "broken." + one.fault, one.options)});
    const std::string said = done.out + done.err;
    CAPTURE(said);
    CHECK(done.how == ending{.code = cannot_run});
    CHECK(has(said, one.sentence));
    CHECK(has(said, "node.yaml:4"));
    CHECK(has(said, "plug-in 'bad' (broken." + one.fault + ")"));
  }
}

TEST_CASE("run: a plug-in that never finishes draining does not keep the node") {
  const scratch_folder folder;
  process node(
      {MW_BINARY, "run", node_with(folder, "broken.never_drained", ", drain_timeout: 100ms")});
  REQUIRE(node.wait_for("node is ready"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
  CAPTURE(node.err());
  CHECK(has(node.out() + node.err(), "drain_timeout"));
}

TEST_CASE("run: what a plug-in leaves behind is named when it is gone") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", node_with(folder, "broken.leaks_subscription")});
  REQUIRE(node.wait_for("node is ready"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
  const std::string said = node.out() + node.err();
  CAPTURE(said);
  CHECK(has(said, "subscription"));
  CHECK(has(said, "bad"));
}

TEST_CASE("run: a second SIGTERM ends a node whose plug-in hangs in its drain") {
  const scratch_folder folder;
  process node(
      {MW_BINARY, "run", node_with(folder, "broken.never_drained", ", drain_timeout: 1h")});
  REQUIRE(node.wait_for("node is ready"));
  node.send(SIGTERM);
  REQUIRE(node.wait_for("drain"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
}

TEST_CASE("run: a plug-in that holds its lane is named while it does") {
  const scratch_folder folder;
  process node({MW_BINARY, "run", node_with(folder, "broken.blocks_lane")});
  REQUIRE(node.wait_for("plug-in holds its lane"));
  node.send(SIGTERM);
  CHECK(node.finish() == ending{.code = 0});
  CAPTURE(node.err());
  CHECK(has(node.err(), "plugin=bad"));
  CHECK(has(node.err(), "node.yaml:4"));
}

}  // namespace
}  // namespace mw::test

// process_test: the helper that other tests trust: output, exit codes, signals, programs that hang.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <doctest/doctest.h>
#include <signal.h>

namespace mw::test {
namespace {

finished shell(const std::string& script) {
  return run({"/bin/sh", "-c", script});
}

TEST_CASE("process: both streams and the exit code") {
  const finished done = shell("echo to out; echo to err >&2; exit 3");
  CHECK(done.how == ending{.code = 3});
  CHECK(done.out == "to out\n");
  CHECK(done.err == "to err\n");
}

TEST_CASE("process: more output than a pipe holds") {
  const finished done = shell("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2");
  CHECK(done.how.code == 0);
  CHECK(done.out.size() == 1'000'000);
  CHECK(done.err.size() == 1'000'000);
}

TEST_CASE("process: waiting for a text, then a signal") {
  process program({"/bin/sh", "-c", "trap 'exit 7' TERM; echo ready; while :; do read x; done"});
  REQUIRE(program.wait_for("ready"));
  program.send(SIGTERM);
  CHECK(program.finish() == ending{.code = 7});
}

TEST_CASE("process: a text that never comes, and a program that never ends") {
  process silent({"/bin/sh", "-c", "exit 0"});
  CHECK_FALSE(silent.wait_for("ready"));
  process hanging({"/bin/cat", "/dev/zero"});
  const ending how = hanging.finish(std::chrono::milliseconds(20));
  CHECK(how.late);
  CHECK(how.signal == SIGKILL);
}

TEST_CASE("process: the environment is passed on and extended") {
  CHECK(run({"/bin/sh", "-c", "echo $MW_TEST_WORD"}, {"MW_TEST_WORD=seven"}).out == "seven\n");
}

}  // namespace
}  // namespace mw::test

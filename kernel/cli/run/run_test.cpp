// run_test: data directories and signals, without a node.
// SPDX-License-Identifier: Apache-2.0
#include "cli/test_console.h"
#include "data_dir.h"
#include "signal_watch.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <vector>

namespace mw::kernel::cli {
namespace {

namespace fs = std::filesystem;

struct scratch {
  fs::path folder = fs::temp_directory_path() / ("mw_run_test_" + std::to_string(getpid()));
  ~scratch() { fs::remove_all(folder); }
  [[nodiscard]] std::string path(const char* name) const { return (folder / name).string(); }
};

std::string code_of(const diagnostics& found) {
  return found.has_errors() ? found.sorted().front().code : "";
}

TEST_CASE("a data directory is made for its owner, and claimed once") {
  const scratch here;
  diagnostics found;
  unique_fd first = claim_data_dir(here.path("a/b"), {}, found);
  REQUIRE(first);
  CHECK(fs::status(here.path("a/b")).permissions() == fs::perms::owner_all);
  CHECK_FALSE(claim_data_dir(here.path("a/b"), {}, found));
  CHECK(code_of(found) == "RUN0002");
  first.reset();
  diagnostics none;
  CHECK(claim_data_dir(here.path("a/b"), {}, none));
  CHECK_FALSE(none.has_errors());
}

TEST_CASE("a data directory that cannot be") {
  diagnostics found;
  CHECK_FALSE(claim_data_dir("/dev/null/x", {}, found));
  CHECK_FALSE(claim_data_dir("/dev/null", {}, found));
  CHECK(found.error_count() == 2);
  CHECK(code_of(found) == "RUN0001");
}

TEST_CASE("signals arrive on the watching thread, also those from before") {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<int> taken;
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  signal_watch watch;
  REQUIRE(::kill(::getpid(), SIGHUP) == 0);
  watch.start([&](int signal) {
    const std::lock_guard lock(mutex);
    taken.push_back(signal);
    changed.notify_all();
  });
  const auto wait_for = [&](std::size_t count) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return taken.size() >= count; });
  };
  wait_for(1);
  REQUIRE(::kill(::getpid(), SIGTERM) == 0);
  wait_for(2);
  watch.stop();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(taken == std::vector<int>{SIGHUP, SIGTERM});
}

TEST_CASE("run refuses files with mistakes before anything is made") {
  const mw_output said = run_words({"run", "/nowhere/node.yaml"});
  CHECK(said.code == exit_code::cannot_run);
  CHECK(said.err.find("CFG0001") != std::string::npos);
  CHECK(run_words({"run", "/nowhere/node.yaml", "--log-level", "loud"}).code ==
        exit_code::cannot_run);
}

TEST_CASE("sim refuses wrong flags") {
  const auto err = [](std::vector<std::string> words) {
    words.insert(words.begin(), {"sim", "/nowhere/node.yaml"});
    const mw_output said = run_words(words);
    CHECK(said.code == exit_code::usage);
    return said.err.substr(0, said.err.find('\n'));
  };
  CHECK(err({"--seed", "x"}) == "mw sim: --seed takes a number, not 'x'");
  CHECK(err({"--seed", "18446744073709551616"}).find("takes a number") != std::string::npos);
  CHECK(err({"--for", "soon"}) == "mw sim: --for takes a duration such as 60s, not 'soon'");
  CHECK(err({"--nodes", "0"}) == "mw sim: --nodes takes 1 to 1000");
  CHECK(err({"--nodes", "2", "b.yaml"}) == "mw sim: --nodes goes with one file");
  CHECK(err({"--faults", "netwrk"}) == "mw sim: unknown profile 'netwrk'; did you mean 'network'?");
  CHECK(run_words({"sim", "/nowhere/node.yaml"}).code == exit_code::cannot_run);
}

}  // namespace
}  // namespace mw::kernel::cli

// uv_processes_test: what only real commands show: rights, limits, descriptors, and whole groups.
// SPDX-License-Identifier: Apache-2.0
#include "platform/conformance/processes.h"
#include "platform/uv_fixture.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace mw::kernel {

namespace {

using conformance::command_outcome;
using conformance::run_command;

process_spec shell(const std::string& script) {
  process_spec spec;
  spec.argv = {"/bin/sh", "-c", script};
  spec.environment = {"PATH=/usr/bin:/bin"};
  return spec;
}

process_outcome outcome_of(uv_fixture& fixture, const process_spec& spec) {
  const command_outcome told = run_command(fixture, spec);
  REQUIRE_MESSAGE(told.ok(), told.error().text());
  return *told;
}

bool no_child_is_left() {
  errno = 0;
  return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

bool exists(const std::string& path) {
  return std::filesystem::exists(path);
}

// Tests that want to see orphans arrive here, as they do where the node is process 1.
struct adopts_orphans {
  adopts_orphans() { (void)::prctl(PR_SET_CHILD_SUBREAPER, 1); }
  adopts_orphans(const adopts_orphans&) = delete;
  adopts_orphans& operator=(const adopts_orphans&) = delete;
  ~adopts_orphans() { (void)::prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

}  // namespace

TEST_CASE("commands: environment, descriptors, input and directory are what the spec says") {
  uv_fixture fixture;
  ::setenv("MW_TEST_SECRET", "hidden", 1);
  // Not close-on-exec: as a library beside us may leave one.
  const unique_fd careless(::open("/dev/null", O_RDONLY));
  CHECK(careless);
  process_spec spec = shell("env; ls /proc/self/fd | tr '\\n' ' '; readlink /proc/self/fd/0; pwd");
  spec.environment.push_back("GIVEN=it's $HOME; `id`");
  const process_outcome seen = outcome_of(fixture, spec);
  ::unsetenv("MW_TEST_SECRET");
  CHECK(seen.output.find("hidden") == std::string::npos);
  CHECK(seen.output.find("GIVEN=it's $HOME; `id`\n") != std::string::npos);
  CHECK(seen.output.find("0 1 2 3 /dev/null\n") != std::string::npos);  // 3: the directory listed
  CHECK(seen.output.find(fixture.data_dir() + "\n") != std::string::npos);
  spec = shell("pwd");
  spec.directory.text = "/usr";
  CHECK(outcome_of(fixture, spec).output == "/usr\n");
  spec.directory.text = "not/there";
  const command_outcome lost = run_command(fixture, spec);
  REQUIRE(!lost.ok());
  CHECK(lost.error().kind() == errc::not_found);
  CHECK(lost.error().text().find("not/there") != std::string::npos);
}

TEST_CASE("commands: arguments are no shell's business") {
  uv_fixture fixture;
  process_spec spec;
  spec.argv = {"/bin/echo", "$(id)", "; rm -rf /nowhere", "a  b"};
  CHECK(outcome_of(fixture, spec).output == "$(id) ; rm -rf /nowhere a  b\n");
  spec.argv = {std::string("/bin/echo\0x", 11)};
  CHECK(run_command(fixture, spec).error().kind() == errc::invalid);
}

TEST_CASE("commands: signals that the node ignores reach them; they start with none blocked") {
  uv_fixture fixture;
  const process_outcome seen =
      outcome_of(fixture, shell("grep -E 'Sig(Blk|Ign)|NoNewPrivs' /proc/self/status"));
  CHECK(seen.output.find("SigBlk:\t0000000000000000\n") != std::string::npos);
  CHECK(seen.output.find("SigIgn:\t0000000000000000\n") != std::string::npos);
  CHECK(seen.output.find("NoNewPrivs:\t1\n") != std::string::npos);
}

TEST_CASE("commands: what cannot be executed says why") {
  uv_fixture fixture;
  const std::string script = fixture.directory() + "/script";
  std::ofstream(script) << "echo hello\n";
  process_spec spec;
  spec.argv = {script};
  const command_outcome denied = run_command(fixture, spec);
  CHECK(denied.error().kind() == errc::denied);
  ::chmod(script.c_str(), 0755);
  const command_outcome unknown = run_command(fixture, spec);
  CHECK(unknown.error().kind() == errc::invalid);
  CHECK(unknown.error().text().find("#!") != std::string::npos);
  CHECK(no_child_is_left());
}

TEST_CASE("commands: limits of memory, computing time and descriptors hold") {
  uv_fixture fixture;
  process_spec spec = shell("x=a; while :; do x=$x$x; done");
  spec.limits.memory = byte_size{256 * 1024 * 1024};
  const process_outcome greedy = outcome_of(fixture, spec);
  CHECK((greedy.how == process_end::signalled || greedy.code != 0));
  CHECK(greedy.how != process_end::timed_out);
  spec = shell("while :; do :; done");
  spec.limits.cpu = 10ms;  // a whole second
  const process_outcome busy = outcome_of(fixture, spec);
  CHECK(busy.how == process_end::signalled);
  CHECK(busy.code == SIGXCPU);
  spec = shell("ulimit -n; ulimit -c");
  spec.limits.descriptors = 20;
  CHECK(outcome_of(fixture, spec).output == "20\n0\n");
}

TEST_CASE("commands: a group ends with its leader, also what would not listen") {
  uv_fixture fixture;
  const adopts_orphans here;
  const std::string mark = fixture.directory() + "/mark";
  // The child ignores SIGTERM, holds the output open, and would leave a mark later.
  const process_outcome left = outcome_of(
      fixture, shell("(trap '' TERM; sleep 1; touch " + mark + ") & echo leader; exit 0"));
  CHECK(left.how == process_end::exited);
  CHECK(left.output == "leader\n");
  CHECK(left.ran < 900ms * 10);
  CHECK(fixture.run_until(no_child_is_left));
  CHECK(conformance::let_pass(fixture, 1200ms));
  CHECK(!exists(mark));
}

TEST_CASE("commands: one that floods and does not listen is killed") {
  uv_fixture fixture;
  process_spec spec = shell("trap '' TERM; while :; do head -c 100000 /dev/zero; done");
  spec.grace = 20ms;
  const process_outcome flood = outcome_of(fixture, spec);
  CHECK(flood.how == process_end::output_limit);
  CHECK(flood.killed);
  CHECK(flood.output.size() == spec.output_max);
  CHECK(fixture.run_until(no_child_is_left));
}

TEST_CASE("commands: a fork bomb stays within its limit of processes and ends whole") {
  uv_fixture fixture;
  const adopts_orphans here;
  process_spec spec = shell("f() { f & f & wait; }; f 2>/dev/null");
  // Root is not bound by this limit: there it runs as somebody else.
  if (::getuid() == 0) {
    spec.user = 64321;
    spec.group = 64321;
  }
  spec.directory.text = "/";
  spec.limits.processes = 40;
  spec.time_limit = 500ms;
  spec.grace = 50ms;
  const command_outcome told = run_command(fixture, spec);
  REQUIRE_MESSAGE(told.ok(), told.error().text());
  CHECK(fixture.run_until(no_child_is_left));
}

TEST_CASE("commands: they run as whom the spec says, with no other groups") {
  if (::getuid() != 0) return;  // only root may
  uv_fixture fixture;
  process_spec spec = shell("id -u; id -g; id -G");
  spec.user = 64321;
  spec.group = 64322;
  spec.directory.text = "/";
  CHECK(outcome_of(fixture, spec).output == "64321\n64322\n64322\n");
}

TEST_CASE("commands: hundreds one after the other leave no child and no descriptor") {
  uv_fixture fixture;
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  (void)outcome_of(fixture, shell("exit 0"));
  const auto before = descriptors();
  for (int i = 0; i < 200; ++i) CHECK(outcome_of(fixture, shell("exit 7")).code == 7);
  CHECK(fixture.run_until(no_child_is_left));
  CHECK(descriptors() == before);
}

TEST_CASE("commands: a platform that ends takes them along") {
  {
    uv_fixture fixture;
    auto* leaked = new resource_ledger();
    auto services = fixture.world().lane(0).services_for({"node", "leaky", "", *leaked});
    auto running =
        services->processes().start(shell("trap '' TERM; sleep 60"), [](command_outcome) {});
    CHECK(conformance::run_turns(fixture, 3));
    running.reset();
    services.reset();
    delete leaked;
  }
  CHECK(no_child_is_left());
}

}  // namespace mw::kernel

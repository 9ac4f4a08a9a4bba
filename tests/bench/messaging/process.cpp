// process: fork, pin and exec; a network namespace with reno; priority over other work.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace mw::bench {
namespace {

constexpr rlim_t files_wanted = 16384;

[[noreturn]] void become(const std::vector<std::string>& command, int core, int output) {
  setpgid(0, 0);  // so that what it starts ends with it
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  if (core >= 0) {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(core, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
  }
  std::vector<char*> arguments;
  for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  std::fprintf(stderr, "cannot run %s\n", arguments[0]);
  _exit(127);
}

bool write_text(const char* path, std::string_view text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(file);
  return done;
}

bool raise_loopback() {
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::copy_n("lo", 3, request.ifr_name);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  const bool done = any >= 0 && ioctl(any, SIOCSIFFLAGS, &request) == 0;
  if (any >= 0) close(any);
  return done;
}

}  // namespace

child::child(const std::vector<std::string>& command, int core) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe for a child");
  std::fflush(nullptr);
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become(command, core, ends[1]);
  close(ends[1]);
  output_ = ends[0];
}

child::~child() {
  if (!ended_) {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);  // before it had a group of its own
    waitpid(pid_, nullptr, 0);
  }
  close(output_);
}

std::string child::read_line(std::chrono::milliseconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  for (;;) {
    const auto end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd wanted{output_, POLLIN, 0};
    if (left.count() <= 0 || poll(&wanted, 1, static_cast<int>(left.count())) <= 0) return {};
    std::array<char, 4096> some{};
    const ssize_t got = read(output_, some.data(), some.size());
    if (got <= 0) return {};
    pending_.append(some.data(), static_cast<std::size_t>(got));
  }
}

int child::wait(std::chrono::milliseconds within) {
  const int watch = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd wanted{watch, POLLIN, 0};
  const int ready = poll(&wanted, 1, static_cast<int>(within.count()));
  if (watch >= 0) close(watch);
  if (ready <= 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  kill(-pid_, SIGKILL);  // what it left behind
  ended_ = true;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Inherited on purpose: children find it under the same number.
shared_file::shared_file() : file_(memfd_create("counts", 0)) {
  if (file_ < 0) throw std::runtime_error("no memory file for the counts");
}

shared_file::~shared_file() {
  close(file_);
}

std::string shared_file::path() const {
  return "/proc/self/fd/" + std::to_string(file_);
}

std::vector<std::string> prepare_machine() {
  std::vector<std::string> missing;
  const bool apart = unshare(CLONE_NEWNET) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
  if (!apart || !raise_loopback() ||
      !write_text("/proc/sys/net/ipv4/tcp_congestion_control", "reno"))
    missing.emplace_back(
        "no network namespace with reno: another congestion control may slow loopback down");
  // A session of its own is a scheduling group of its own, whose weight counts against others. It
  // also leaves the terminal: an interrupt ends the shell that waits, and with it this process.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const bool grouped = setsid() >= 0 && write_text("/proc/self/autogroup", "-20");
  const bool first = setpriority(PRIO_PROCESS, 0, -20) == 0;
  if (!grouped || !first) missing.emplace_back("no priority over other work on this machine");
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const rlimit more{std::max(files_wanted, files.rlim_cur), std::max(files_wanted, files.rlim_max)};
  if (setrlimit(RLIMIT_NOFILE, &more) != 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < files_wanted)
      missing.emplace_back("at most " + std::to_string(files.rlim_max) +
                           " open files: the lines with many connections may fail");
  }
  return missing;
}

}  // namespace mw::bench

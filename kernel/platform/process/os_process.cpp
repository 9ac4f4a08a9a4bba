// os_process: between vfork and exec the child only makes system calls: it borrows our memory.
// SPDX-License-Identifier: Apache-2.0
#include "os_process.h"

#include "platform/disk/os_files.h"
#include "platform/net/socket_address.h"

#include <mw/assert.h>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <vector>

namespace mw::kernel {

namespace {

enum class launch_step : int { directory, limits, user, descriptors, program };

struct launch_error {
  launch_step step;
  int error;
};

struct resource_cap {
  __rlimit_resource what;
  rlimit value;
};

// All that the child needs, made before it exists.
struct launch {
  std::vector<char*> argv;
  std::vector<char*> environment;
  std::string directory;
  std::array<resource_cap, 5> caps{};
  std::size_t cap_count = 0;
  std::optional<gid_t> group;
  std::optional<uid_t> user;
  pid_t parent = 0;
  int input = -1;
  int output = -1;
  int report = -1;
};

constexpr int report_fd = 3;

[[noreturn]] void give_up(const launch& l, int report, launch_step step) {
  const launch_error what{step, errno};
  (void)!::write(report < 0 ? l.report : report, &what, sizeof what);
  ::_exit(127);
}

// Signals that the node ignores or handles mean to the command what they mean to others.
void default_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) (void)::sigaction(number, &usual, nullptr);
  sigset_t none;
  sigemptyset(&none);
  (void)::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The system calls themselves: those of the C library want to tell all threads of the node.
bool give_up_rights(const launch& l) {
  if (l.user || l.group) {
    if (::syscall(SYS_setgroups, 0, nullptr) != 0) return false;
    if (l.group && ::syscall(SYS_setresgid, *l.group, *l.group, *l.group) != 0) return false;
    if (l.user && ::syscall(SYS_setresuid, *l.user, *l.user, *l.user) != 0) return false;
  }
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

[[noreturn]] void become(const launch& l) {
  (void)::setsid();
  if (::chdir(l.directory.c_str()) != 0) give_up(l, -1, launch_step::directory);
  for (std::size_t i = 0; i < l.cap_count; ++i)
    if (::setrlimit(l.caps[i].what, &l.caps[i].value) != 0) give_up(l, -1, launch_step::limits);
  if (!give_up_rights(l)) give_up(l, -1, launch_step::user);
  // After the change of user, which forgets it. Whoever died before it was set is not our parent.
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != l.parent) ::_exit(127);
  const bool placed = ::dup2(l.input, 0) == 0 && ::dup2(l.output, 1) == 1 &&
                      ::dup2(l.output, 2) == 2 &&
                      ::dup3(l.report, report_fd, O_CLOEXEC) == report_fd &&
                      ::syscall(SYS_close_range, report_fd + 1, ~0U, 0) == 0;
  if (!placed) give_up(l, -1, launch_step::descriptors);
  default_signals();
  ::execve(l.argv.front(), l.argv.data(), l.environment.data());
  give_up(l, report_fd, launch_step::program);
}

pid_t fork_into(const launch& l) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // No handler of ours may run in the child.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();
  if (pid == 0) become(l);
  const int error = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

void cap(launch& l, __rlimit_resource what, std::uint64_t soft, std::uint64_t hard) {
  rlimit now{};
  if (::getrlimit(what, &now) != 0) return;
  // A narrower limit of ours stays: only root could raise it.
  const rlim_t most = std::min<rlim_t>(now.rlim_max, hard);
  l.caps[l.cap_count++] = {what, {std::min<rlim_t>(most, soft), most}};
}

void set_caps(launch& l, const process_limits& limits) {
  cap(l, RLIMIT_CORE, 0, 0);
  if (limits.memory.count > 0) cap(l, RLIMIT_AS, limits.memory.count, limits.memory.count);
  if (limits.cpu > duration::zero()) {
    const auto whole = static_cast<std::uint64_t>((limits.cpu + 1s - 1ns) / 1s);
    cap(l, RLIMIT_CPU, whole, whole + 1);  // a signal that can be caught, then one that cannot
  }
  if (limits.processes > 0) cap(l, RLIMIT_NPROC, limits.processes, limits.processes);
  if (limits.descriptors > 0) cap(l, RLIMIT_NOFILE, limits.descriptors, limits.descriptors);
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& one : texts) out.push_back(const_cast<char*>(one.c_str()));
  out.push_back(nullptr);
  return out;
}

status check_command(const process_spec& c) {
  if (c.argv.empty() || !c.argv.front().starts_with('/'))
    return {errc::invalid, "'" + (c.argv.empty() ? std::string() : c.argv.front()) +
                               "' cannot be run: give the absolute path of a program, such as "
                               "/usr/bin/curl"};
  for (const auto* list : {&c.argv, &c.environment})
    for (const std::string& one : *list)
      if (one.find('\0') != std::string::npos)
        return {errc::invalid,
                c.argv.front() + ": a NUL byte in an argument or in the environment"};
  return {};
}

errc kind_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return errc::not_found;
    case EACCES:
    case EPERM:
      return errc::denied;
    case ENOEXEC:
    case E2BIG:
    case ELOOP:
    case ENAMETOOLONG:
    case EINVAL:
      return errc::invalid;
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
      return errc::overloaded;
    case ENOSYS:
      return errc::unsupported;
    default:
      return errc::internal;
  }
}

failure cannot_start(const process_spec& c, const std::string& doing, int error) {
  std::string text = c.argv.front() + " cannot be run: " + doing;
  if (error == ENOEXEC) text += " (a script begins with #! and its interpreter)";
  return os_failure(kind_of(error), std::move(text), error);
}

failure told_by(const process_spec& c, const launch& l, const launch_error& what) {
  switch (what.step) {
    case launch_step::directory:
      return cannot_start(c, "its directory " + l.directory, what.error);
    case launch_step::limits:
      return cannot_start(c, "setting its limits", what.error);
    case launch_step::user:
      return cannot_start(c, "taking its user and group", what.error);
    case launch_step::descriptors:
      return cannot_start(c, "its descriptors", what.error);
    case launch_step::program:
      return cannot_start(c, "the program", what.error);
  }
  return {errc::internal, "a report of the child that cannot be understood"};
}

// Away from the numbers that the child gives to its own descriptors.
unique_fd moved_up(unique_fd fd) {
  return fd ? unique_fd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 16)) : unique_fd();
}

struct pipe_ends {
  unique_fd read;
  unique_fd write;
};

pipe_ends make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  unique_fd read(ends[0]);
  return {std::move(read), moved_up(unique_fd(ends[1]))};
}

}  // namespace

result<os_process> start_process(const process_spec& command, const std::string& data_dir) {
  MW_CHECK(check_command(command));
  launch l;
  if (command.directory.text.empty()) {
    l.directory = data_dir.empty() ? "/" : data_dir;
    if (!data_dir.empty()) MW_CHECK(make_directories(data_dir));
  } else {
    MW_TRY(l.directory, resolve_path(command.directory, data_dir));
  }
  const unique_fd nothing = moved_up(unique_fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  pipe_ends output = make_pipe();
  pipe_ends report = make_pipe();
  if (!nothing || !output.write || !report.write || ::fcntl(output.read.get(), F_SETFL, O_NONBLOCK))
    return cannot_start(command, "no descriptors are left", errno);
  l.argv = pointers_to(command.argv);
  l.environment = pointers_to(command.environment);
  set_caps(l, command.limits);
  l.user = command.user;
  l.group = command.group;
  l.parent = ::getpid();
  l.input = nothing.get(), l.output = output.write.get(), l.report = report.write.get();

  os_process made;
  made.pid = fork_into(l);
  if (made.pid < 0) return cannot_start(command, "no room for another process", errno);
  report.write.reset();
  launch_error what{};
  ssize_t count = 0;
  do count = ::read(report.read.get(), &what, sizeof what);
  while (count < 0 && errno == EINTR);
  if (count == sizeof what) {
    (void)::waitpid(made.pid, nullptr, 0);  // it is ending already
    return told_by(command, l, what);
  }
  made.watch = unique_fd(static_cast<int>(::syscall(SYS_pidfd_open, made.pid, 0)));
  if (!made.watch) {
    const int error = errno;
    end_group(made.pid, true);
    (void)::waitpid(made.pid, nullptr, 0);
    return cannot_start(command, "watching it", error);
  }
  (void)::fcntl(made.watch.get(), F_SETFD, FD_CLOEXEC);
  made.output = std::move(output.read);
  return made;
}

void end_group(pid_t leader, bool kill) {
  MW_ASSERT(leader > 1, "other numbers mean other groups, or everybody");
  (void)::kill(-leader, kill ? SIGKILL : SIGTERM);
}

int reap(pid_t pid) {
  int outcome = 0;
  pid_t seen = 0;
  do seen = ::waitpid(pid, &outcome, WNOHANG);
  while (seen < 0 && errno == EINTR);
  return seen == pid ? outcome : -1;
}

bool has_orphans(pid_t leader) {
  pid_t seen = 0;
  do seen = ::waitpid(-leader, nullptr, WNOHANG);
  while (seen > 0 || (seen < 0 && errno == EINTR));
  return seen == 0;  // they hold the number of the group: nobody else can get it
}

void reap_all(pid_t leader) {
  constexpr int looks = 1000;
  for (int i = 0; i < looks && has_orphans(leader); ++i) {
    (void)::poll(nullptr, 0, 1);
  }
}

}  // namespace mw::kernel

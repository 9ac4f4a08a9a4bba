// process: posix_spawn with two pipes, poll to read them, and SIGKILL at the latest.
// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace mw::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

milliseconds left_until(steady_clock::time_point end) {
  return std::max(milliseconds(0),
                  std::chrono::duration_cast<milliseconds>(end - steady_clock::now()));
}

// Reads once; closes and forgets the stream at its end.
void drain(int& stream, std::string& into) {
  std::array<char, 65536> chunk;
  const ssize_t count = ::read(stream, chunk.data(), chunk.size());
  if (count > 0) {
    into.append(chunk.data(), static_cast<std::size_t>(count));
    return;
  }
  ::close(stream);
  stream = -1;
}

}  // namespace

process::process(std::vector<std::string> arguments, variables extra) {
  std::array<int, 2> out{};
  std::array<int, 2> err{};
  REQUIRE(::pipe2(out.data(), O_CLOEXEC) == 0);
  REQUIRE(::pipe2(err.data(), O_CLOEXEC) == 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], 2);

  for (char** variable = environ; *variable != nullptr; ++variable) extra.emplace_back(*variable);
  const int failed = ::posix_spawn(&id_, arguments.front().c_str(), &actions, nullptr,
                                   pointers_to(arguments).data(), pointers_to(extra).data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(out[1]);
  ::close(err[1]);
  out_end_ = out[0];
  err_end_ = err[0];
  INFO(arguments.front());
  REQUIRE(failed == 0);
}

process::~process() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  if (out_end_ >= 0) ::close(out_end_);
  if (err_end_ >= 0) ::close(err_end_);
}

bool process::read_more(milliseconds limit) {
  if (out_end_ < 0 && err_end_ < 0) return false;
  std::array<pollfd, 2> streams{pollfd{out_end_, POLLIN, 0}, pollfd{err_end_, POLLIN, 0}};
  if (::poll(streams.data(), streams.size(), static_cast<int>(limit.count())) <= 0) return false;
  if (streams[0].revents != 0) drain(out_end_, out_);
  if (streams[1].revents != 0) drain(err_end_, err_);
  return true;
}

bool process::wait_for(std::string_view text, milliseconds limit) {
  const auto end = steady_clock::now() + limit;
  while (out_.find(text) == std::string::npos && err_.find(text) == std::string::npos)
    if (!read_more(left_until(end))) return false;
  return true;
}

void process::send(int signal) const {
  REQUIRE(id_ > 0);
  ::kill(id_, signal);
}

ending process::finish(milliseconds limit) {
  const auto end = steady_clock::now() + limit;
  while (read_more(left_until(end))) {
  }
  ending how;
  // Streams that are still open mean that the time is over; a program that closed them is ending.
  how.late = out_end_ >= 0 || err_end_ >= 0;
  if (how.late) ::kill(id_, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(id_, &status, 0) == id_);
  id_ = -1;
  if (WIFEXITED(status)) how.code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) how.signal = WTERMSIG(status);
  return how;
}

finished run(std::vector<std::string> arguments, process::variables extra) {
  process program(std::move(arguments), std::move(extra));
  const ending how = program.finish();
  return {how, program.out(), program.err()};
}

}  // namespace mw::test

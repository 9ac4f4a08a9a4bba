// process: child processes of the runner, pinned, heard and ended; and a machine to measure on.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace mw::bench {

// A program whose standard output is read. Ended, with all that it started, when destroyed.
class child {
 public:
  // `core` -1: where the system likes.
  child(const std::vector<std::string>& command, int core);
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child();

  // The next line without its end; empty when none comes in time, or none will.
  std::string read_line(std::chrono::milliseconds within);
  // The exit code; -1 when it was ended by a signal or did not end in time.
  int wait(std::chrono::milliseconds within);

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  bool ended_ = false;
  std::string pending_;
};

// A page that two children map, gone with its owner.
class shared_file {
 public:
  shared_file();
  shared_file(const shared_file&) = delete;
  shared_file& operator=(const shared_file&) = delete;
  ~shared_file();
  // For children, who inherit the file.
  [[nodiscard]] std::string path() const;

 private:
  int file_ = -1;
};

// Makes this process and its children as undisturbed as its rights allow: a network of their own
// with reno, priority over others, room for many sockets. Returns what could not be done.
std::vector<std::string> prepare_machine();

}  // namespace mw::bench

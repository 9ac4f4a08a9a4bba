// process: starts a program, reads what it prints, sends signals, and never leaves it behind.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mw::test {

// How a program ended.
struct ending {
  int code = -1;      // the exit code; -1 when a signal ended it or it did not end in time
  int signal = 0;     // the signal that ended it
  bool late = false;  // it did not end within the limit and was killed

  friend bool operator==(const ending&, const ending&) = default;
};

// The limits below only end a test that hangs; a test that works waits for what happens, not for
// time to pass.
inline constexpr std::chrono::seconds patience{60};

class process {
 public:
  using variables = std::vector<std::string>;  // "NAME=value", added to this program's environment

  // `arguments[0]` is the path of the program. Fails the test when it cannot be started.
  explicit process(std::vector<std::string> arguments, variables extra = {});
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();  // kills it when it still runs

  // Reads both streams until `text` was printed. False when the program closed them first.
  [[nodiscard]] bool wait_for(std::string_view text, std::chrono::milliseconds limit = patience);
  // Reads to the end and collects the exit code.
  ending finish(std::chrono::milliseconds limit = patience);
  void send(int signal) const;

  [[nodiscard]] const std::string& out() const { return out_; }  // standard output so far
  [[nodiscard]] const std::string& err() const { return err_; }  // standard error so far
  [[nodiscard]] pid_t id() const { return id_; }

 private:
  // Reads what is there within `limit`; false when both streams are closed or the time is over.
  bool read_more(std::chrono::milliseconds limit);

  pid_t id_ = -1;
  int out_end_ = -1;
  int err_end_ = -1;
  std::string out_;
  std::string err_;
};

// Runs a program to its end.
struct finished {
  ending how;
  std::string out;
  std::string err;
};
finished run(std::vector<std::string> arguments, process::variables extra = {});

}  // namespace mw::test

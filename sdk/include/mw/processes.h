// processes: commands of the operating system, each bounded, supervised and always reaped.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mw {

// What the operating system refuses the command beyond; zero: its own default stays.
struct process_limits {
  byte_size memory{};               // address space of each process
  duration cpu{};                   // time each process may compute, in whole seconds, rounded up
  std::uint32_t processes = 0;      // of the user it runs as, all together; not enforced for root
  std::uint32_t descriptors = 256;  // that each process may have open
};

// One command. It runs in a session and process group of its own with no input, no descriptors of
// the node's, no core dumps, and no way to more rights than it starts with (no_new_privs).
struct process_spec {
  // The program and its arguments, as they are: there is no shell and no search. The first one is
  // an absolute path.
  std::vector<std::string> argv;
  // `NAME=value` each, and no others: nothing of the node's environment is inherited.
  std::vector<std::string> environment;
  file_path
      directory;  // where it runs; relative to the node's data directory, which is the default
  // Who it runs as, by number; only root may change that. Groups besides `group` are given up.
  std::optional<std::uint32_t> user;
  std::optional<std::uint32_t> group;
  duration time_limit = 10s;  // then SIGTERM goes to the whole group
  duration grace = 1s;        // after that, then SIGKILL
  // Of standard output and error together, as they were written: so much is kept. What follows is
  // read and dropped, up to output_excess more; then the command is ended like at its time limit.
  std::size_t output_max = 4096;
  static constexpr std::size_t output_excess = 1024 * 1024;
  process_limits limits;
};

enum class process_end : std::uint8_t {
  exited,        // by itself, with `code`
  signalled,     // by a signal we did not send, in `code`
  timed_out,     // ended at its time limit
  output_limit,  // ended because it wrote without end
};
[[nodiscard]] std::string_view to_string(process_end how) noexcept;

struct process_outcome {
  process_end how = process_end::exited;
  int code = 0;             // exit code or number of the signal
  bool killed = false;      // SIGTERM was not enough
  std::string output;       // the first output_max bytes
  std::size_t dropped = 0;  // bytes beyond
  duration ran{};
};

// A command that runs. Destroying it ends the whole group with SIGKILL, silently; it is reaped all
// the same.
class process_handle {
 public:
  virtual ~process_handle() = default;
};
using process_ptr = std::unique_ptr<process_handle>;

// Implemented by the platforms. When a command ends, what is left of its group is ended, too: a
// child it leaves behind does not outlive it, unless it has made a session of its own. A command
// does not outlive the node either, not even one that was killed.
class process_service {
 public:
  // Commands one plug-in may run at a time.
  static constexpr std::size_t running_max = 64;

  // `done` is called once, in a later turn. `not_found`: no such program or directory; `denied`: it
  // may not be executed, or may not run as that user; `invalid`: no absolute path, a NUL byte, no
  // executable format; `overloaded`: running_max commands run, or the system has no room for
  // another; `unsupported`: this system cannot supervise processes. The lane waits until the
  // operating system has loaded the program, which is short unless its disk is slow.
  [[nodiscard]] virtual process_ptr start(const process_spec& command,
                                          function<void(result<process_outcome>)> done) = 0;

 protected:
  ~process_service() = default;
};

}  // namespace mw

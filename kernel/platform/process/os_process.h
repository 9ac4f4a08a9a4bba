// os_process: starts one command in a group of its own; what follows is up to the owner.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "platform/unique_fd.h"

#include <mw/processes.h>

#include <sys/types.h>

#include <string>

namespace mw::kernel {

struct os_process {
  pid_t pid = -1;    // of the command, its group and its session
  unique_fd watch;   // readable when the command has ended
  unique_fd output;  // does not block
};

// Returns when the program is loaded. `data_dir` is made when the command runs there and it is
// missing. On Linux 5.9 or newer; `unsupported` elsewhere.
[[nodiscard]] result<os_process> start_process(const process_spec& command,
                                               const std::string& data_dir);

// Both leave the numbers of other processes alone as long as the command was not reaped.
void end_group(pid_t leader, bool kill);
// The wait status once the command has ended; -1: not yet.
[[nodiscard]] int reap(pid_t pid);
// After reap(): children of it became ours, as those of all do where the node is process 1.
[[nodiscard]] bool has_orphans(pid_t leader);
// Waits for all of a group that was killed. Not for long: what the system cannot end keeps a thread
// busy no more than a second.
void reap_all(pid_t leader);

}  // namespace mw::kernel

// sim_commands: what commands do on a simulated machine, as tests script them.
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mw/function.h>
#include <mw/processes.h>

#include <string>

namespace mw {

// One run of a command.
struct sim_command {
  duration takes = 5ms;  // of virtual time; beyond the spec's limit it is ended there
  int exit_code = 0;
  int signal = 0;  // not 0: it is ended by this signal, which the platform did not send
  std::string output;
  bool ignores_term = false;  // at its time limit only SIGKILL helps
};

// Called at each start, in the order of starts. A failure: the command does not start.
using sim_command_script = function<result<sim_command>(const process_spec&)>;

}  // namespace mw
